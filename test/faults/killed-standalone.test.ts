// `squall standalone` killed thirty times in the middle of a simulated storm, on a log that is rotated while it is read, beside a
// twin that nobody touches.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../services/squall/simulate/simulation.ts";
import type { AlertReceiver, HeardAlert } from "../support/alert-receiver.ts";
import { alertReceiver } from "../support/alert-receiver.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { RotatingLog } from "./rotating-log.ts";

const SEED = 2016;
const KILLS = 30;
const LINES_PER_SECOND = 12_000;
/** Of the log: the storm goes on here, and has not ended before. */
const STORM_SHARE = 0.85;
const ROTATE_EVERY = 20_000;
const PATIENCE_MS = 120_000;
/** Longest life of a process, ms, from the moment it reads. */
const LIFE_MS = 900;

const folder = mkdtempSync(join(tmpdir(), "squall-faults-"));
let lines: readonly string[] = [];

beforeAll(() => {
  const log = simulate({ scenario: "cisco-2013", seed: 3, scale: 0.05 });
  lines = Buffer.concat([...log.chunks()].map((chunk) => Buffer.from(chunk)))
    .toString("latin1")
    .split("\n")
    .slice(0, -1);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same numbers at every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

class Run {
  readonly path: string;
  readonly log: RotatingLog;
  kills = 0;
  private readonly args: readonly string[];
  readonly receiver: AlertReceiver;

  constructor(name: string, receiver: AlertReceiver, isRotated: boolean) {
    this.receiver = receiver;
    const home = join(folder, name);
    mkdirSync(home);
    this.path = join(home, "mail.log");
    writeFileSync(this.path, "");
    const config = join(home, "squall.yaml");
    writeFileSync(
      config,
      `inputs:\n  - {file: ${this.path}, from: start}\nwebhook: {url: "${receiver.url}", minSeverity: warning}\n`,
    );
    this.args = ["standalone", "--config", config, "--state", join(home, "state"), "--metrics", "off"];
    const next = random(SEED);
    this.log = new RotatingLog({
      path: this.path,
      lines,
      linesPerSecond: LINES_PER_SECOND,
      allowed: () =>
        isRotated && this.kills < KILLS ? (lines.length * STORM_SHARE * (this.kills + 1)) / KILLS : Infinity,
      rotateEvery: ROTATE_EVERY,
      rotations: isRotated ? ["rename", "copytruncate"] : [],
      splitAt: () => (next() < 0.3 ? 1 + Math.floor(next() * 40) : undefined),
    });
  }

  async start(): Promise<LiveSquall> {
    const squall = new LiveSquall(this.args);
    await squall.says("reading");
    return squall;
  }

  /** All that is expected was heard, or patience has come to its end. */
  async hears(resolved: number): Promise<void> {
    const count = (): number => this.receiver.heard.filter(({ alert }) => alert.type === "storm.resolved").length;
    await pollUntil(() => count() >= resolved, { deadlineMs: PATIENCE_MS, what: `${resolved} storms to be resolved` });
  }
}

/** What was told of each storm, the first word of each revision. */
function told({ heard }: AlertReceiver): HeardAlert[] {
  const seen = new Set<string>();
  return heard.flatMap(({ id, alert }) => {
    if (seen.has(id)) return [];
    seen.add(id);
    return [alert];
  });
}

/** What was heard, a line each: said where a storm opened otherwise than the twin's. */
function inWords({ heard }: AlertReceiver): string {
  return heard.map(({ id, alert }) => `${id} ${alert.type} ${alert.detectedAt} ${alert.evidence.replyAlls}`).join("\n");
}

describe("killed thirty times while a log grows and is rotated", () => {
  test("the same storms are told as if nothing had been, each opened once and resolved once, and at most one word twice a kill", async () => {
    const [calm, struck] = [await alertReceiver(), await alertReceiver()];
    const twin = new Run("twin", calm, false);
    const run = new Run("struck", struck, true);
    const untouched = await twin.start();
    let squall = await run.start();
    const stop = new AbortController();
    const written = Promise.all([twin.log.run(stop.signal), run.log.run(stop.signal)]);
    const next = random(SEED + 1);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await pause(next() * LIFE_MS);
      expect(await squall.signal("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
      squall = await run.start();
      run.kills += 1;
    }
    // The storm was not over before the last kill.
    expect(struck.heard.some(({ alert }) => alert.type === "storm.resolved")).toBe(false);
    await written;
    await twin.hears(1);
    await run.hears(1);
    expect(await untouched.signal("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });

    const [expected, got] = [told(calm), told(struck)];
    expect(calm.heard).toHaveLength(expected.length);
    expect(struck.heard.length).toBeLessThanOrEqual(got.length + KILLS);
    const ofType = (alerts: readonly HeardAlert[], type: string): HeardAlert[] =>
      alerts.filter((alert) => alert.type === type);
    for (const type of ["storm.opened", "storm.resolved"]) {
      const [wanted, had] = [ofType(expected, type), ofType(got, type)];
      expect(wanted).toHaveLength(1);
      // By list: which of its scopes proposes a storm first, and with that its id, depends on what was read together.
      expect(had.map(({ list }) => list)).toEqual(wanted.map(({ list }) => list));
    }
    const [[opened], [twinOpened]] = [ofType(got, "storm.opened"), ofType(expected, "storm.opened")];
    const apart = Math.abs((opened?.evidence.replyAlls ?? Infinity) - (twinOpened?.evidence.replyAlls ?? 0));
    expect(
      apart,
      `answers at the opening; the twin heard\n${inWords(calm)}\nand this one\n${inWords(struck)}`,
    ).toBeLessThanOrEqual(1);
    expect(new Set(got.map(({ stormId }) => stormId)).size).toBe(new Set(expected.map(({ stormId }) => stormId)).size);
    // What was counted to the end is the same.
    const [end] = ofType(got, "storm.resolved");
    const [twinEnd] = ofType(expected, "storm.resolved");
    expect(end?.evidence.replyAlls).toBe(twinEnd?.evidence.replyAlls);
    expect(end?.evidence.deliveriesSoFar).toBe(twinEnd?.evidence.deliveriesSoFar);
    const revisions = got.map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    stop.abort();
    await calm.close();
    await struck.close();
  }, 300_000);
});
