// Live running that is killed anywhere and goes on from its entries, beside a run that was never killed: the same is handed to the detector,
// event by event and tick by tick.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { exchangeStorm } from "../support/exchange-storm.ts";
import { GOLDEN_LOGS } from "../support/golden-logs.ts";
import { ingestLog } from "../support/read-log.ts";
import { LiveRun, type LiveRunOptions } from "../support/live-run.ts";
import { numbersOf } from "../support/numbers.ts";
import { collect } from "../support/simulated-log.ts";
import { StateEntries } from "../support/state-entries.ts";
import { shuffled } from "./log-lines.ts";

const SET_UPS = join(import.meta.dirname, "../testdata/set-ups");
const DAY_MS = 86_400_000;
const FLUSH_TURNS = 3;
/** The beginning of a large log, in which all kinds of its lines are. */
const LOG_BYTES_MAX = 1_500_000;

interface Turn {
  readonly end: number;
  readonly nowMs: number;
  readonly isCaughtUp: boolean;
}

/** Chunks of random lengths, as they might come: our clock is near the stamps, or far past them as after a long stop. */
function turnsOf(log: Buffer, seed: number): Turn[] {
  const random = numbersOf(seed);
  const { fragments, events } = ingestLog(log, { year: 2016 });
  const stamps = [...fragments.map(({ firstAt }) => firstAt), ...events.map(({ at }) => at)];
  const fromMs = stamps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const untilMs = stamps.reduce((a, b) => Math.max(a, b), fromMs);
  const isLate = random() < 0.3;
  const chunkMax = Math.max(200, log.length / 60);
  const turns: Turn[] = [];
  for (let end = 0; end < log.length;) {
    end = Math.min(log.length, end + 1 + Math.floor(random() * chunkMax));
    const share = end / log.length;
    const nowMs = Math.round(
      isLate ? untilMs + 3 * 3_600_000 + share * 5_000 : fromMs + (untilMs - fromMs) * share + 2_000,
    );
    turns.push({ end, nowMs, isCaughtUp: random() < 0.7 });
  }
  // The log falls silent.
  for (let minute = 1; minute < 20; minute += 1) {
    turns.push({ end: log.length, nowMs: (turns.at(-1)?.nowMs ?? 0) + 60_000, isCaughtUp: true });
  }
  return turns;
}

function unkilled(log: Buffer, turns: readonly Turn[], options: LiveRunOptions): string[][] {
  const run = new LiveRun(options);
  let from = 0;
  return turns.map(({ end, nowMs, isCaughtUp }) => {
    run.turn(log.subarray(from, end), nowMs, isCaughtUp);
    from = end;
    return run.handed.splice(0);
  });
}

interface Killed extends LiveRunOptions {
  /** Turns behind which the process is killed; another goes on from the last flush. */
  readonly kills: ReadonlySet<number>;
}

function killed(
  log: Buffer,
  turns: readonly Turn[],
  { kills, ...options }: Killed,
): { handed: string[][]; entries: StateEntries } {
  const entries = new StateEntries();
  const toCome = new Set(kills);
  const handed: string[][] = [];
  let run = new LiveRun(options);
  let from = 0;
  let flushed = -1;
  for (let turn = 0; turn < turns.length; turn += 1) {
    const { end, nowMs, isCaughtUp } = turns[turn] ?? { end: 0, nowMs: 0, isCaughtUp: true };
    run.turn(log.subarray(from, end), nowMs, isCaughtUp);
    from = end;
    handed[turn] = run.handed.splice(0);
    if (turn % FLUSH_TURNS === 0) {
      run.flush(entries);
      flushed = turn;
    }
    if (flushed < 0 || !toCome.delete(turn)) continue;
    ({ run, position: from } = LiveRun.from(entries, { ...options, hashSeed: 1_000 + turn }));
    turn = flushed;
  }
  forgetAll(run, turns.at(-1)?.nowMs ?? 0);
  // A flush gives up some blocks of rows only.
  for (let flushes = 0; flushes < 100; flushes += 1) run.flush(entries);
  return { handed, entries };
}

/** Time passes until no mail is kept. */
function forgetAll(run: LiveRun, nowMs: number): void {
  for (let day = 8; run.pipeline.stages.assembler.openMails > 0 && day < 50_000; day += 1) {
    run.turn(Buffer.alloc(0), nowMs + day * DAY_MS, true);
  }
}

function expectTheSame(
  log: Buffer,
  seed: number,
  { killsMax = 3, ...options }: LiveRunOptions & { readonly killsMax?: number } = {},
): void {
  const turns = turnsOf(log, seed);
  const random = numbersOf(seed + 1);
  const kills = new Set(Array.from({ length: killsMax }, () => Math.floor(random() * turns.length)));
  const expected = unkilled(log, turns, options);
  const { handed, entries } = killed(log, turns, { ...options, kills });
  expected.forEach((lines, turn) => {
    const other = handed[turn] ?? [];
    const at = lines.findIndex((line, index) => line !== other[index]);
    // One line says more than thousands.
    expect({ turn, kills, line: other[at], lines: other.length }).toEqual({
      turn,
      kills,
      line: lines[at],
      lines: lines.length,
    });
  });
  expect(expected.flat().some((line) => line.startsWith("{"))).toBe(true);
  expect([...entries.keys()].toSorted()).toEqual(["input/log", "mail/table", "time/live"]);
}

describe("the golden logs", () => {
  test.each(GOLDEN_LOGS)("$name", ({ path }) => {
    for (const seed of [1, 2, 3, 4]) expectTheSame(readFileSync(path), seed);
  });
});

describe("what a real Postfix logged", () => {
  const names = readdirSync(SET_UPS).filter((name) => name.endsWith(".log.zst"));
  test.each(names)("%s", (name) => {
    const log = zstdDecompressSync(readFileSync(join(SET_UPS, name)));
    expectTheSame(log.subarray(0, log.lastIndexOf("\n", LOG_BYTES_MAX) + 1), name.length);
  });
});

test("a storm of Exchange", () => {
  const { files } = exchangeStorm({ members: 300 });
  const log = Buffer.from(files.map(({ text }) => text).join(""));
  for (const seed of [1, 2, 3]) expectTheSame(log, seed);
});

describe("simulated logs", () => {
  const day = collect({ scenario: "ordinary-day", seed: 7, scale: 0.01 }).log;
  const storm = collect({ scenario: "nhs-2016", seed: 7, scale: 0.002 }).log;

  test.each<[string, Buffer, number]>([
    ["an ordinary day", day, 1],
    ["an ordinary day", day, 2],
    ["a storm", storm, 1],
    ["a storm", storm, 2],
  ])("%s, seed %#", (_name, log, seed) => {
    expectTheSame(log, seed);
  });

  test("lines out of order, and cut again and again", () => {
    const lines = day.toString("latin1").trimEnd().split("\n");
    expectTheSame(Buffer.from(`${shuffled(lines, 30_000, 5).join("\n")}\n`, "latin1"), 3, { killsMax: 20 });
  });

  test("with room for few mails, which are kept for a short time", () => {
    const assembler = { openMailsMax: 60, removedKeptMs: 2_000, settledKeptMs: 20_000, incompleteKeptMs: 5_000 };
    for (const seed of [1, 2]) expectTheSame(day, seed, { killsMax: 6, assembler });
  });
});
