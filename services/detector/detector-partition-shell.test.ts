import { describe, expect, test } from "vitest";
import { FoldRun, linesOf } from "../../test/support/fold-run.ts";
import type { NewRecord } from "../../shared/runtime/topic-log.ts";
import { numbersOf } from "../../test/support/numbers.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import {
  decodeStreamProgress,
  encodeStreamProgress,
  isProgressLine,
  type StreamProgress,
} from "../../shared/domain/stream-progress.ts";
import { decodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import { DetectorPartition, type DetectorPartitionOptions } from "./detector-partition-shell.ts";
import { conversation, mail, START_AT } from "./testing/conversation.ts";

const MINUTE = 60_000;

function runOf(watch: Pick<DetectorPartitionOptions, "onAlert" | "onMail"> = {}): FoldRun<DetectorPartition> {
  return new FoldRun(
    () =>
      new DetectorPartition({
        at: { topic: "events", partition: 2 },
        partitions: 6,
        site: "corp",
        settings: { ...defaultDetectorSettings, emitWindows: true },
        advise: () => [],
        windows: { topic: "windows", partitions: 4 },
        alerts: { topic: "alerts", partitions: 2 },
        deadLetters: "dead",
        version: "1.2.3",
        ...watch,
      }),
  );
}

function progress(site: string, at: number | undefined, over: Partial<StreamProgress> = {}): string {
  const state = at === undefined ? "unknown" : "known";
  return encodeStreamProgress({ site, input: "fragments", partition: 0, of: 1, at, state, ...over });
}

/** Kinds and sites of the alerts that one flush says. */
function alerts(run: FoldRun<DetectorPartition>): string[] {
  const lines = linesOf(run.flush(), "alerts").filter((line) => !isProgressLine(line));
  return lines.map((line) => {
    const decoded = decodeStormAlert(line);
    return decoded.ok ? `${decoded.alert.type} ${decoded.alert.site}` : decoded.reason;
  });
}

/** Sites of the windows that are closed, said so far. */
function closed(run: FoldRun<DetectorPartition>): Set<string> {
  run.flush();
  const lines = linesOf(run.records, "windows");
  return new Set(
    lines.flatMap((line) => {
      const decoded = decodeThreadWindow(line);
      return decoded.ok && decoded.window.final ? [decoded.window.site] : [];
    }),
  );
}

/** Mails of two minutes that are a storm. */
function storm(site = "corp"): string[] {
  return conversation({ audience: 20_000, gaps: Array.from({ length: 12 }, () => 10) }).map((event) =>
    encodeMailEvent({ ...event, site }),
  );
}

test("at the door to other systems a field that is not known refuses the line; in a line of squall's own, a newer one's, it is passed over", () => {
  const run = runOf();
  const [own = ""] = storm();
  const foreign = JSON.stringify({ at: "2026-11-23T08:00:00.000Z", v: 1, recipients: 3, form: "a@corp.example" });
  run.take([foreign, own.replace(/\}$/u, ',"later":1}')]);
  const dead = run.flush().filter(({ topic }) => topic === "dead");
  expect(dead.map(({ value }) => value?.toString())).toEqual([foreign]);
  expect(dead[0]?.headers?.["reason"]?.toString()).toBe("unknown-field");
});

test("an alert is urgent until it is said, and its storm's revisions are in one partition", () => {
  const run = runOf();
  run.take(storm().slice(0, 1));
  expect(run.fold.isUrgent).toBe(false);
  run.take(storm());
  expect(run.fold.isUrgent).toBe(true);
  expect(alerts(run)).toContain("storm.opened corp");
  expect(run.fold.isUrgent).toBe(false);
  expect(alerts(run)).toEqual([]);
  const partitions = run.records.filter(({ topic }) => topic === "alerts").map(({ partition }) => partition);
  expect(new Set(partitions).size).toBe(1);
});

test("for the metrics: an alert is decided, and flushed once its flush is over; a mail counts once, by the time of its site", () => {
  const heard: string[] = [];
  const lateMs: number[] = [];
  const run = runOf({
    onAlert: (stage, alert) => void heard.push(`${stage} ${alert.type} ${alert.revision}`),
    onMail: (latenessMs) => void lateMs.push(latenessMs),
  });
  const [first = "", ...others] = storm();
  run.take([first], START_AT);
  expect(lateMs.some(Number.isFinite)).toBe(false);
  run.take([progress("corp", START_AT + MINUTE)]);
  run.take([first, ...others]);
  expect(lateMs.filter(Number.isFinite)).toContain(MINUTE);
  expect(lateMs).toHaveLength(storm().length + 1);
  run.fold.advance(START_AT, Number.NEGATIVE_INFINITY);
  const decided = heard.filter((word) => word.startsWith("decided"));
  expect(decided).toContain("decided storm.opened 2");
  expect(heard).toEqual(decided);
  run.flush();
  expect(heard.slice(decided.length)).toEqual(decided.map((word) => word.replace("decided", "flushed")));
  run.flush();
  expect(heard).toHaveLength(2 * decided.length);
});

test("alerters hear twice a minute how far each site has come", () => {
  const run = runOf();
  const told = (): unknown[] => {
    const lines = linesOf(run.flush(), "alerts", 0).filter((line) => isProgressLine(line));
    return lines.map((line) => {
      const decoded = decodeStreamProgress(line);
      return decoded.ok ? { ...decoded.progress } : decoded.reason;
    });
  };
  run.take([progress("a", START_AT), progress("b", undefined)]);
  run.fold.advance(START_AT, START_AT);
  const word = { site: "a", input: "events", partition: 2, of: 6, state: "known" };
  expect(told()).toEqual([{ ...word, at: START_AT }]);
  run.take([progress("a", START_AT + 20_000)]);
  run.fold.advance(START_AT + 29_000, START_AT + 29_000);
  expect(told()).toEqual([]);
  run.fold.advance(START_AT + 30_000, START_AT + 30_000);
  expect(told()).toEqual([{ ...word, at: START_AT + 20_000 }]);
  expect(run.fold.isUrgent).toBe(false);
});

/** Lines with their places, but for those that a process says of itself. */
function linesBut(
  records: readonly NewRecord[],
  isLeftOut: (line: string) => boolean,
): { readonly topic: string; readonly partition: number; readonly line: string }[] {
  return records.flatMap(({ topic, partition, value }) =>
    String(value)
      .split("\n")
      .filter((line) => line !== "" && !isLeftOut(line))
      .map((line) => ({ topic, partition, line })),
  );
}

describe("time of a site", () => {
  test("is what its assemblers say, not another site's", () => {
    const run = runOf();
    run.take([progress("a", undefined), progress("b", undefined), ...storm("a"), ...storm("b")]);
    run.take([progress("a", START_AT + 60 * MINUTE)]);
    run.fold.advance(START_AT + 600 * MINUTE, START_AT + 600 * MINUTE);
    expect(closed(run)).toEqual(new Set(["a"]));
    run.take([progress("b", START_AT + 60 * MINUTE)]);
    run.fold.advance(START_AT + 601 * MINUTE, START_AT + 601 * MINUTE);
    expect(closed(run)).toEqual(new Set(["a", "b"]));
  });

  test("stands still while an assembler is not heard of, however late it is by our clock", () => {
    const run = runOf();
    run.take([progress("corp", START_AT + 60 * MINUTE, { of: 2 }), ...storm()]);
    alerts(run);
    for (let hour = 1; hour < 50; hour += 1)
      run.fold.advance(START_AT + hour * 60 * MINUTE, START_AT + hour * 60 * MINUTE);
    expect([alerts(run), closed(run)]).toEqual([[], new Set()]);
    run.take([progress("corp", START_AT + 61 * MINUTE, { partition: 1, of: 2 })]);
    run.fold.advance(START_AT + 51 * 60 * MINUTE, START_AT + 51 * 60 * MINUTE);
    expect(alerts(run)).toEqual(["storm.resolved corp"]);
  });

  test("is our clock's where systems of their own write, once all was read; before that, that of arrivals", () => {
    const run = runOf();
    run.take(storm(), START_AT + 2 * MINUTE);
    alerts(run);
    run.fold.advance(START_AT + 600 * MINUTE, Number.NEGATIVE_INFINITY);
    expect(alerts(run)).toEqual([]);
    run.fold.advance(START_AT + 601 * MINUTE, START_AT + 601 * MINUTE);
    expect(alerts(run)).toEqual(["storm.resolved corp"]);
  });

  test("of such a site passes after a restart too, though it says no more", () => {
    const run = runOf();
    run.take(storm(), START_AT + 2 * MINUTE);
    alerts(run);
    const next = run.restarted();
    next.fold.advance(START_AT + 600 * MINUTE, Number.NEGATIVE_INFINITY);
    expect(alerts(next)).toEqual([]);
    next.fold.advance(START_AT + 601 * MINUTE, START_AT + 601 * MINUTE);
    expect(alerts(next)).toEqual(["storm.resolved corp"]);
  });

  test("is kept over a restart: who spoke of it is waited for again", () => {
    const run = runOf();
    run.take([progress("corp", START_AT, { of: 2 }), progress("corp", START_AT, { of: 2, partition: 1 }), ...storm()]);
    alerts(run);
    const next = run.restarted();
    next.take([progress("corp", START_AT + 90 * MINUTE, { of: 2 })]);
    next.fold.advance(START_AT + 600 * MINUTE, START_AT + 600 * MINUTE);
    expect(alerts(next)).toEqual([]);
    next.take([progress("corp", START_AT + 90 * MINUTE, { of: 2, partition: 1 })]);
    next.fold.advance(START_AT + 601 * MINUTE, START_AT + 601 * MINUTE);
    expect(alerts(next)).toEqual(["storm.resolved corp"]);
  });
});

test("what cannot be used is a dead letter, an event without a site is of the site that is set", () => {
  const run = runOf();
  run.take(["{", progress("corp", START_AT, { partition: 3 })]);
  const { site: _site, ...event } = mail({ seconds: 1 });
  run.takeBytes(Buffer.from(`${encodeMailEvent({ ...event, site: "\u20ac".repeat(255) })}\n`));
  run.take([JSON.stringify({ v: 1, at: new Date(START_AT).toISOString(), recipients: 5 })]);
  const dead = run.flush().filter(({ topic }) => topic === "dead");
  expect(dead.map(({ partition, headers }) => [partition, headers?.["offset"], headers?.["reason"]])).toEqual([
    [2, "0", "not-json"],
    [2, "0", "out-of-range"],
    [2, "1", "too-long"],
  ]);
  expect([...run.fold.detector.sites.keys()]).toEqual(["corp"]);
});

test("what waited before a restart waits until all of it was read again, however long that takes", () => {
  const [root = "", ...replies] = storm();
  const behind = progress("corp", START_AT - MINUTE);
  const lines = [behind, ...replies.toReversed(), root];
  const backlogMs = START_AT + 90 * MINUTE;
  const twin = runOf();
  twin.take(lines, backlogMs);
  twin.fold.advance(backlogMs, Number.NEGATIVE_INFINITY);
  twin.fold.advance(backlogMs + 16_000, Number.NEGATIVE_INFINITY);
  const expected = alerts(twin);
  expect(expected).toContain("storm.opened corp");

  const run = runOf();
  for (const line of lines) run.take([line], backlogMs);
  expect(alerts(run)).toEqual([]);
  const next = run.restarted({ readAgain: "in-steps" });
  for (let step = 2; step < lines.length; step += 1) {
    next.readAgainOne();
    next.fold.advance(backlogMs + step * 16_000, Number.NEGATIVE_INFINITY);
    expect(alerts(next)).toEqual([]);
  }
  next.readAgainOne();
  next.fold.advance(backlogMs + 60 * MINUTE, Number.NEGATIVE_INFINITY);
  expect(alerts(next)).toEqual(expected);
});

describe("a partition that goes on from its state says what one says that was never stopped", () => {
  test.each([1, 2, 3, 4])("seed %i", (seed) => {
    const random = numbersOf(seed * 7_919);
    const lines: string[] = [];
    for (const [index, site] of ["a", "b", "own"].entries()) {
      const mails = conversation({
        audience: 20_000,
        gaps: Array.from({ length: 40 }, () => 5 + Math.floor(random() * 60)),
        startSeconds: index * 100,
        rootId: `${site}@x`,
      });
      for (const event of mails) {
        lines.push(encodeMailEvent({ ...event, site }));
        if (site !== "own" && random() < 0.5) lines.push(progress(site, event.at - 5_000));
      }
    }
    const unbroken = runOf();
    let run = runOf();
    const said: string[] = [];
    let nowMs = START_AT;
    for (let from = 0; from < lines.length + 100; from += 3) {
      // Less than an event waits for an assembler that stands still: how long it has waited is forgotten at a restart.
      nowMs += 1_000 + Math.floor(random() * 3_000);
      const isCaughtUp = random() < 0.5;
      for (const one of [unbroken, run]) {
        if (from < lines.length) one.take(lines.slice(from, from + 3), nowMs);
        one.fold.advance(nowMs, isCaughtUp ? nowMs : Number.NEGATIVE_INFINITY);
      }
      const expected = linesBut(unbroken.flush(), isProgressLine);
      const heard = linesBut(run.flush(), isProgressLine);
      expect(heard).toEqual(expected);
      said.push(...heard.map(({ topic }) => topic));
      if (random() < 0.2) run = run.restarted();
    }
    expect(new Set(said)).toEqual(new Set(["alerts", "windows"]));
  });
});
