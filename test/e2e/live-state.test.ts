// Live running that is cut anywhere and goes on from its entries, beside a run that was never cut: the same is handed to the detector,
// event by event and tick by tick.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { exchangeStorm } from "../support/exchange-storm.ts";
import { GOLDEN_LOGS } from "../support/golden-logs.ts";
import { ingestLog } from "../support/read-log.ts";
import { type Entries, LiveRun } from "../support/live-run.ts";
import { collect } from "../support/simulated-log.ts";
import { shuffled } from "./log-lines.ts";

const SET_UPS = join(import.meta.dirname, "../testdata/set-ups");
const DAY_MS = 86_400_000;
/** The beginning of a large log, in which all kinds of its lines are. */
const LOG_BYTES_MAX = 3_000_000;

/** Numbers of [0, 1), the same for the same seed. */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

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

function uncut(log: Buffer, turns: readonly Turn[]): string[][] {
  const run = new LiveRun();
  let from = 0;
  return turns.map(({ end, nowMs, isCaughtUp }) => {
    run.turn(log.subarray(from, end), nowMs, isCaughtUp);
    from = end;
    return run.handed.splice(0);
  });
}

/** `cuts`: turns behind which the process is killed; between them it flushes when `random` says so, and is taken back to its last flush. */
function cut(log: Buffer, turns: readonly Turn[], cuts: ReadonlySet<number>): { handed: string[][]; entries: Entries } {
  const entries: Entries = new Map();
  let run = new LiveRun();
  let from = 0;
  const handed = turns.map(({ end, nowMs, isCaughtUp }, turn) => {
    run.turn(log.subarray(from, end), nowMs, isCaughtUp);
    from = end;
    const told = run.handed.splice(0);
    // Not every turn ends in a flush.
    if (turn % 3 === 0 || cuts.has(turn)) run.flush(entries);
    if (cuts.has(turn)) ({ run, position: from } = LiveRun.from(entries, { hashSeed: 1_000 + turn }));
    return told;
  });
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

function expectTheSame(log: Buffer, seed: number, cutsMax = 3): void {
  const turns = turnsOf(log, seed);
  const random = numbersOf(seed + 1);
  const cuts = new Set(Array.from({ length: cutsMax }, () => Math.floor(random() * turns.length)));
  const expected = uncut(log, turns);
  const { handed, entries } = cut(log, turns, cuts);
  const unlike = expected.findIndex((told, turn) => told.join("\n") !== handed[turn]?.join("\n"));
  expect({ turn: unlike, cuts, told: handed[unlike] }).toEqual({ turn: -1, cuts, told: undefined });
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
    expectTheSame(Buffer.from(`${shuffled(lines, 30_000, 5).join("\n")}\n`, "latin1"), 3, 20);
  });
});
