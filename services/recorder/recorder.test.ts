import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";

import { stormAlert } from "../../test/support/storm-alert.ts";
import type { RecorderBounds } from "./recorder.ts";
import { defaultRecorderBounds, Recorder } from "./recorder.ts";
import type { Recorded } from "./recorder.ts";
import { MINUTE, MINUTE_MS, minuteOf, threadWindow } from "./testing/windows.ts";

const DAY_MS = 86_400_000;

/** After a collection. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
  return process.memoryUsage().heapUsed;
}

function recorder(change: Partial<RecorderBounds> = {}): Recorder<number> {
  return new Recorder<number>({ ...defaultRecorderBounds, ...change });
}

/** `squall_threads@2`: measurement and minute, and where it stood in the log. */
function shown(recorded: readonly Recorded<number>[]): string[] {
  return recorded.map(
    ({ point, origin }) => `${point.measurement}@${(point.timeMs - MINUTE) / MINUTE_MS} from ${origin}`,
  );
}

test("sites and lists are recorded always", () => {
  const one = recorder();
  expect(shown(one.addWindow(threadWindow(), 1))).toEqual(["squall_traffic@0 from 1"]);
  expect(shown(one.addWindow(threadWindow({ scope: "list", key: "all@nhs.example" }), 2))).toEqual([
    "squall_lists@0 from 2",
  ]);
  expect(one.counters).toMatchObject({ recorded: 2, unwatched: 0 });
});

describe("a thread is recorded from its watch on", () => {
  test("which its score may be", () => {
    const one = recorder();
    expect(one.addWindow(minuteOf("t", 0, { score: 6.99 }), 1)).toEqual([]);
    expect(one.addWindow(minuteOf("other", 0), 2)).toEqual([]);
    expect(shown(one.addWindow(minuteOf("t", 1, { score: 7 }), 3))).toEqual([
      "squall_threads@0 from 1",
      "squall_threads@1 from 3",
    ]);
    expect(shown(one.addWindow(minuteOf("t", 2, { score: 0 }), 4))).toEqual(["squall_threads@2 from 4"]);
    expect(one.windowsKept).toBe(1);
  });

  test.each(["storm.watch", "storm.opened", "storm.updated"] as const)("which %s may be", (type) => {
    const one = recorder();
    one.addWindow(minuteOf("t", 0), 1);
    one.addWindow(minuteOf("t", 1, { messages: 1 }), 2);
    one.addWindow(minuteOf("t", 1, { messages: 2 }), 3);
    const alert = stormAlert({ site: "nhs", threadKey: "t", type });
    const recorded = shown(one.addAlert(alert, 4)).filter((text) => text.startsWith("squall_threads"));
    // The minute that was told twice as it was told last.
    expect(recorded).toEqual(["squall_threads@0 from 1", "squall_threads@1 from 3"]);
    expect(shown(one.addWindow(minuteOf("t", 2), 5))).toEqual(["squall_threads@2 from 5"]);
  });

  test("of its own site only", () => {
    const one = recorder();
    one.addAlert(stormAlert({ site: "other", threadKey: "t" }), 1);
    expect(one.addWindow(minuteOf("t", 0), 2)).toEqual([]);
  });
});

test("only so many threads a day become series; all are counted, and the next day has its own", () => {
  const one = recorder({ threadSeriesPerDay: 2 });
  const recorded = ["a", "b", "c", "a", "d"].map((key) => one.addWindow(minuteOf(key, 0, { score: 9 }), 0).length);
  expect(recorded).toEqual([1, 1, 0, 1, 0]);
  expect(one.counters.threadsOverCap).toBe(2);
  expect(one.addWindow(minuteOf("c", DAY_MS / MINUTE_MS, { score: 9 }), 0)).toHaveLength(1);
  // Late windows of the day before are still known.
  expect(one.addWindow(minuteOf("a", 1, { score: 9 }), 0)).toHaveLength(1);
  expect(one.addWindow(minuteOf("e", 1, { score: 9 }), 0)).toHaveLength(0);
});

test("only so many lists a day become series", () => {
  const one = recorder({ listSeriesPerDay: 1 });
  const lists = ["a@nhs.example", "b@nhs.example", "a@nhs.example"];
  expect(lists.map((key) => one.addWindow(threadWindow({ scope: "list", key }), 0).length)).toEqual([1, 0, 1]);
  expect(one.counters.listsOverCap).toBe(1);
});

test("only so many alerts a day become series; the same one again is no other", () => {
  const one = recorder({ stormSeriesPerDay: 2 });
  const alerts = [1, 2, 1, 3].map((revision) => stormAlert({ revision, type: "storm.updated" }));
  const measurements = alerts.map((alert) => one.addAlert(alert, 0).map(({ point }) => point.measurement));
  expect(measurements).toEqual([["squall_storms"], ["squall_storms"], ["squall_storms"], []]);
  expect(one.counters.stormsOverCap).toBe(1);
});

test("50,000 alerts of a day: 10,000 series", () => {
  const one = recorder();
  let series = 0;
  for (let index = 0; index < 50_000; index++) {
    series += one.addAlert(stormAlert({ stormId: `s${index}`, threadKey: `t${index % 50}` }), index).length;
  }
  expect([series, one.counters.stormsOverCap]).toEqual([10_000, 40_000]);
});

test("what is kept of unwatched threads is bounded, the oldest goes first", () => {
  const one = recorder({ windowsMax: 4, perThreadMax: 2 });
  for (const minute of [0, 1, 2]) one.addWindow(minuteOf("a", minute), minute);
  expect(one.windowsKept).toBe(2);
  one.addWindow(minuteOf("b", 0), 10);
  one.addWindow(minuteOf("c", 0), 20);
  one.addWindow(minuteOf("d", 0), 30);
  expect(one.windowsKept).toBe(3);
  expect(one.threadsForgotten).toBe(1);
  expect(shown(one.addWindow(minuteOf("a", 3, { score: 9 }), 40))).toEqual(["squall_threads@3 from 40"]);
  expect(shown(one.addWindow(minuteOf("b", 1, { score: 9 }), 41))).toHaveLength(2);
});

test("1,000,000 threads, watched and unwatched: 1,000 series, and memory stays flat", () => {
  const one = recorder();
  const heaps: number[] = [];
  let series = 0;
  for (let index = 0; index < 1_000_000; index++) {
    const score = index % 2 === 0 ? 9 : 0;
    series += one.addWindow(minuteOf(`${index}@nhs.example`, index % 600, { score }), index).length;
    if (index % 100_000 === 99_999) heaps.push(heapUsed());
  }
  expect(series).toBe(1_000);
  expect(one.counters.threadsOverCap).toBe(499_000);
  expect(one.windowsKept).toBe(defaultRecorderBounds.windowsMax);
  expect(one.counters.watchesForgotten).toBe(490_000);
  // A leak of 20 bytes a thread would be 18 MB.
  expect((heaps.at(-1) ?? 0) - (heaps[0] ?? 0)).toBeLessThan(10_000_000);
});
