// The recorder against an InfluxDB that fails in every way it can, on a log in memory and a clock that is moved by hand.

import { beforeEach, describe, expect, test } from "vitest";

import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import { closersAfterEach } from "../../test/support/closers.ts";
import type { FakeInflux, InfluxPlay } from "../../test/support/fake-influx.ts";
import { startFakeInflux } from "../../test/support/fake-influx.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { MemoryBroker } from "../../test/support/memory-log/memory-broker.ts";
import { pollUntil } from "../../test/support/poll.ts";
import { stormAlert } from "../../test/support/storm-alert.ts";
import { threadId } from "./points/thread-id.ts";
import { recorderEventInWords } from "./recorder-event.ts";
import { defaultRecordingBounds } from "./recording-bounds.ts";
import { ALERTS, createTopics, GROUP, LETTERS, RecorderRun, WINDOWS, write } from "../../test/support/recorder-run.ts";
import { MINUTE, MINUTE_MS, minuteOf, threadWindow } from "./testing/windows.ts";

const START = Date.UTC(2026, 10, 24, 8, 30, 0);
const SMALL = { ...defaultRecordingBounds, batchPoints: 50, batchBytes: 50_000 };

const closers = closersAfterEach();
let influx: FakeInflux;
let broker: MemoryBroker;
let clock: ManualClock;

beforeEach(async () => {
  influx = await startFakeInflux();
  closers.push(() => influx.close());
  clock = new ManualClock(START);
  broker = new MemoryBroker();
  broker.nowMs = () => clock.nowMs();
  createTopics(broker);
});

async function started(change: Parameters<RecorderRun["start"]>[1] = {}): Promise<RecorderRun> {
  const run = new RecorderRun(broker, clock);
  await run.start(influx.origin, change);
  closers.push(async () => {
    await run.running.stop(0);
    expect(run.dead.splice(0)).toEqual([]);
  });
  return run;
}

/** Site windows, a minute each. */
function minutes(from: number, to: number) {
  return Array.from({ length: to - from }, (_, index) =>
    threadWindow({ windowStart: MINUTE + (from + index) * MINUTE_MS }),
  );
}

function committed(topic = WINDOWS, partition = 0): number | undefined {
  return broker.groupOf(GROUP, []).committed.get(`${topic}/${partition}`);
}

function lagOf(run: RecorderRun): number | undefined {
  return run.running.status().partitions.find(({ topic, partition }) => topic === WINDOWS && partition === 0)
    ?.lagRecords;
}

function pointsOf(measurement: string): string[] {
  return [...influx.points.keys()].filter((identity) => identity.startsWith(`${measurement},`)).toSorted();
}

function traffic(from: number, to: number): string[] {
  return minutes(from, to).map(({ windowStart }) => `squall_traffic,site=nhs ${windowStart}`);
}

test("windows and alerts are stored, then committed; the minutes before a watch are stored too", async () => {
  const run = await started();
  write(broker, [...minutes(0, 3), minuteOf("1@example.org", 0), minuteOf("1@example.org", 1)]);
  await run.caughtUp(broker);
  expect(pointsOf("squall_traffic")).toEqual(traffic(0, 3));
  expect(pointsOf("squall_threads")).toEqual([]);
  write(broker, [stormAlert({ site: "nhs", threadKey: "1@example.org" })]);
  await run.caughtUp(broker);
  expect(pointsOf("squall_threads")).toHaveLength(2);
  expect(pointsOf("squall_storms")).toHaveLength(1);
  expect(committed()).toBe(5);
  expect(committed(ALERTS)).toBe(1);
  await run.until(() => pointsOf("squall_lag").length > 0, "its lag to be stored");
  expect(run.running.status()).toMatchObject({ intake: { windows: 5, alerts: 1 }, waits: undefined, isPaused: false });
});

test("of a window that is told three times the last is what is stored, in one point", async () => {
  const run = await started();
  write(
    broker,
    [1, 2, 3].map((messages) => threadWindow({ messages, final: messages === 3 })),
  );
  await run.caughtUp(broker);
  expect(influx.points.get(`squall_traffic,site=nhs ${MINUTE}`)?.get("messages")).toBe("3");
  expect(run.running.status().writes.points).toBe(1);
});

function answer(status: number, headers: Readonly<Record<string, string>> = {}): InfluxPlay {
  return { play: "answer", status, headers };
}

describe("nothing is lost, and no letter is dead, whatever it answers for a while", () => {
  test.each<[string, readonly InfluxPlay[], string]>([
    ["401", [answer(401), answer(401), answer(401)], "auth-error"],
    ["404", [answer(404), answer(404)], "not-found"],
    ["408", [answer(408)], "timeout"],
    ["429", [answer(429), answer(429)], "rate-limited"],
    ["503", [answer(503), answer(500), answer(502)], "server-error"],
    ["a connection that breaks", [{ play: "reset" }, { play: "reset" }], "unreachable"],
    ["no answer", [{ play: "hang" }], "timeout"],
    ["a redirect", [answer(302, { location: "http://127.0.0.1:9/" })], "unexpected"],
  ])("%s", async (_name, script, reason) => {
    const run = await started({ bounds: SMALL });
    influx.script.push(...script);
    write(broker, minutes(0, 120));
    await run.caughtUp(broker);
    expect(pointsOf("squall_traffic")).toEqual(traffic(0, 120));
    expect(broker.recordsOf({ topic: LETTERS, partition: 0 })).toEqual([]);
    expect(committed()).toBe(120);
    expect(run.running.status().writes.waited.get(reason as "timeout")).toBeGreaterThan(0);
    expect(run.events.map(({ event }) => event)).toEqual(["influx-failing", "influx-recovered"]);
  });
});

describe("Retry-After is waited for, in seconds and as a date", () => {
  test.each([
    ["seconds", { "retry-after": "30" }],
    [
      "a date by the server's clock, which is an hour slow",
      {
        "retry-after": "Tue, 24 Nov 2026 07:30:30 GMT",
        date: "Tue, 24 Nov 2026 07:30:00 GMT",
      },
    ],
  ])("%s", async (_name, headers) => {
    const run = await started();
    influx.script.push(answer(429, headers));
    write(broker, minutes(0, 1));
    await run.until(() => run.running.status().waits !== undefined, "the answer");
    const since = clock.nowMs();
    await run.until(() => influx.heard.length > 1, "the second try");
    // And the random delay of up to a second, of which this is the middle; time passes by half seconds.
    expect(clock.nowMs() - since).toBeGreaterThanOrEqual(30_500);
    expect(clock.nowMs() - since).toBeLessThanOrEqual(31_500);
    await run.caughtUp(broker);
    expect(pointsOf("squall_traffic")).toEqual(traffic(0, 1));
  });
});

test("away for 10 minutes: reading pauses, what is held stays bounded, then all is stored", async () => {
  const run = await started({ bounds: SMALL });
  await influx.down();
  write(broker, minutes(0, 3_000));
  await run.until(() => run.running.status().isPaused, "reading to pause");
  // How far it is behind is known all the same.
  write(broker, minutes(3_000, 3_500));
  await run.until(() => lagOf(run) === 3_500, "the lag");
  const awayUntil = clock.nowMs() + 600_000;
  let heldMax = 0;
  await run.until(
    () => {
      heldMax = Math.max(heldMax, run.running.status().held.points);
      return clock.nowMs() >= awayUntil;
    },
    "10 minutes to pass",
    5_000,
  );
  // A batch that is being written, the next one up to twice as large, and what one fetch brings beyond.
  expect(heldMax).toBeLessThanOrEqual(50 + 100 + 2 * 500);
  expect(committed()).toBeUndefined();
  expect(run.running.status().waits?.reason).toBe("unreachable");
  await influx.up();
  await run.caughtUp(broker);
  expect(pointsOf("squall_traffic")).toEqual(traffic(0, 3_500));
  expect(committed()).toBe(3_500);
  expect(run.running.status().isPaused).toBe(false);
  const said = run.events.map(recorderEventInWords);
  expect(said[0]).toContain("nothing can be stored in InfluxDB: no connection (ECONNREFUSED)");
  expect(said[1]).toMatch(/^InfluxDB stores again, after \d+ tries that failed in \d{3} s$/u);
});

describe("a line that is refused", () => {
  const bad = `squall_traffic,site=nhs ${traffic(17, 18)[0]?.split(" ")[1] ?? ""}`;
  const refuses = (line: string): string | undefined =>
    line.endsWith(bad.slice(-13)) && line.startsWith("squall_traffic") ? "unable to parse it" : undefined;

  test.each([
    ["400, the others stored with it", { status: 400, storesOthers: true, saysDropped: false }],
    ["400, and none stored", { status: 400, storesOthers: false, saysDropped: false }],
    ["422 that counts", { status: 422, storesOthers: true, saysDropped: true }],
    ["201: in part", { status: 201, storesOthers: true, saysDropped: false }],
  ])("%s: it is a dead letter, all others are stored", async (_name, partly) => {
    influx.refuses = refuses;
    influx.partly = partly;
    const run = await started();
    const windows = minutes(0, 40);
    write(broker, windows);
    await run.caughtUp(broker);
    expect(pointsOf("squall_traffic")).toEqual(traffic(0, 40).filter((identity) => identity !== bad));
    const [letter, ...more] = broker.recordsOf({ topic: LETTERS, partition: 0 });
    expect(more).toEqual([]);
    expect(letter?.value?.toString()).toBe(windows[17] === undefined ? "" : encodeThreadWindow(windows[17]));
    expect(letter?.headers).toMatchObject({
      topic: WINDOWS,
      partition: "0",
      offset: "17",
      reason: "refused",
      version: "0.2.0",
    });
    expect(letter?.headers["detail"]).toContain("unable to parse it");
    expect(committed()).toBe(40);
  });

  test("its letter is written before the offset is committed", async () => {
    influx.refuses = refuses;
    const run = await started();
    write(broker, minutes(0, 40));
    await run.until(() => run.running.status().held.points >= 40, "them to be read");
    expect(influx.heard).toEqual([]);
    broker.isDown = true;
    await run.until(() => run.running.status().deadLetterFailuresInRow > 1, "the letter to fail");
    expect(committed()).toBeUndefined();
    broker.isDown = false;
    await run.caughtUp(broker);
    expect(broker.recordsOf({ topic: LETTERS, partition: 0 })).toHaveLength(1);
    expect(committed()).toBe(40);
    expect(run.events.map(({ event }) => event)).toEqual(["points-refused", "log-failing", "log-recovered"]);
  });
});

test("a server that refuses everything is not told by its lines: they wait", async () => {
  influx.otherwise = answer(400);
  const run = await started();
  write(broker, minutes(0, 40));
  await run.until(() => (run.running.status().writes.waited.get("refuses-all") ?? 0) > 2, "it to be seen");
  expect(broker.recordsOf({ topic: LETTERS, partition: 0 })).toEqual([]);
  expect(influx.heard.length).toBeLessThan(20);
  influx.otherwise = { play: "store" };
  await run.caughtUp(broker);
  expect(pointsOf("squall_traffic")).toEqual(traffic(0, 40));
  expect(broker.recordsOf({ topic: LETTERS, partition: 0 })).toEqual([]);
});

test("batches that are too large are halved until they fit", async () => {
  influx.linesMax = 7;
  const run = await started();
  write(broker, minutes(0, 100));
  await run.caughtUp(broker);
  expect(pointsOf("squall_traffic")).toEqual(traffic(0, 100));
  expect(broker.recordsOf({ topic: LETTERS, partition: 0 })).toEqual([]);
});

test("what is no window is a dead letter, once, also when it is read again", async () => {
  const run = await started();
  write(broker, [...minutes(0, 1), "{", `{"v":2}`, ...minutes(1, 2)]);
  broker.append([{ topic: WINDOWS, partition: 0, key: undefined, value: Buffer.from([0xff, 0xfe]) }]);
  broker.append([{ topic: WINDOWS, partition: 0, key: undefined, value: undefined }]);
  await run.caughtUp(broker);
  const letters = (): string[] =>
    broker
      .recordsOf({ topic: LETTERS, partition: 0 })
      .map(({ headers }) => `${headers["offset"]} ${headers["reason"]}`);
  expect(letters()).toEqual(["1 not-json", "2 unknown-version", "4 not-utf8"]);
  await run.running.stop(10_000);
  const next = await started();
  write(broker, minutes(2, 3));
  await next.caughtUp(broker);
  expect(next.running.status().intake.windows).toBe(3);
  expect(letters()).toHaveLength(3);
});

test("several lines in one record are all taken", async () => {
  const run = await started();
  const value = minutes(0, 5).map(encodeThreadWindow).join("\n");
  broker.append([{ topic: WINDOWS, partition: 0, key: undefined, value: Buffer.from(`${value}\n\n`) }]);
  await run.caughtUp(broker);
  expect(pointsOf("squall_traffic")).toEqual(traffic(0, 5));
});

test("a new assignment begins 15 minutes before what was committed, and mends what another wrote since", async () => {
  const run = await started();
  for (let minute = 0; minute < 30; minute++) {
    write(broker, minutes(minute, minute + 1));
    clock.pass(60_000);
    await run.caughtUp(broker);
  }
  await run.running.stop(10_000);
  expect(committed()).toBe(30);
  // Somebody who had stood still.
  for (const minute of [5, 20, 29]) influx.points.get(traffic(minute, minute + 1)[0] ?? "")?.set("messages", "0");
  const next = await started();
  write(broker, minutes(30, 31));
  await next.caughtUp(broker);
  const messages = (minute: number): string | undefined =>
    influx.points.get(traffic(minute, minute + 1)[0] ?? "")?.get("messages");
  expect([5, 20, 29, 30].map(messages)).toEqual(["0", "5", "5", "5"]);
  const times = broker.recordsOf({ topic: WINDOWS, partition: 0 }).map(({ timestampMs }) => timestampMs);
  // By the last record but one: behind a transaction the last offset is no record.
  const again = times.filter((timeMs) => timeMs >= (times[28] ?? 0) - 900_000).length;
  expect(again).toBeLessThan(20);
  expect(next.running.status().intake.windows).toBe(again);
  expect(committed()).toBe(31);
});

test("a thread that an alert named hours ago is still recorded after a restart", async () => {
  const run = await started();
  write(broker, [stormAlert({ site: "nhs", threadKey: "t" }), minuteOf("t", 0)]);
  await run.caughtUp(broker);
  for (let hour = 0; hour < 5; hour++) {
    clock.pass(3_600_000);
    write(broker, [minuteOf("t", 60 * hour), stormAlert({ site: "nhs", threadKey: "another", revision: hour + 2 })]);
    await run.caughtUp(broker);
  }
  await run.running.stop(10_000);
  const next = await started();
  write(broker, [minuteOf("t", 600), stormAlert({ site: "nhs", threadKey: "another", revision: 9 })]);
  await next.caughtUp(broker);
  expect(
    influx.points.get(`squall_threads,site=nhs,thread=${threadId("nhs", "t")} ${MINUTE + 600 * MINUTE_MS}`),
  ).toBeDefined();
});

test("offsets never go back while the 15 minutes are read again", async () => {
  const run = await started();
  write(broker, minutes(0, 2_000));
  await run.caughtUp(broker);
  await run.running.stop(10_000);
  const seen: (number | undefined)[] = [];
  const next = await started({ bounds: SMALL });
  write(broker, minutes(2_000, 2_001));
  await next.until(() => {
    seen.push(committed());
    return committed() === 2_001;
  }, "all to be stored again");
  expect(new Set(seen)).toEqual(new Set([2_000, 2_001]));
});

test("a partition that is lost is not committed, and what waited of it is left to its new owner", async () => {
  createTopics(broker, 3);
  const run = await started();
  influx.otherwise = answer(503);
  write(broker, minutes(0, 10), 2);
  await run.until(() => influx.heard.length > 0, "a first try");
  write(broker, minutes(10, 20), 2);
  await run.until(() => run.running.status().intake.windows === 20, "them to be read");
  const other = await started();
  await other.until(() => other.running.status().partitions.length === 2, "the other to get its share");
  expect(run.running.status().partitions.map(({ topic, partition }) => `${topic}/${partition}`)).not.toContain(
    `${WINDOWS}/2`,
  );
  // Nothing of it is in the hands of the first any more: what is left is what it says of itself.
  await run.until(() => run.running.status().held.points <= 3, "the first to have it no more");
  influx.otherwise = { play: "store" };
  await other.until(() => committed(WINDOWS, 2) === 20, "the other to store all");
  expect(pointsOf("squall_traffic")).toEqual(traffic(0, 20));
  expect(other.running.status().intake.windows).toBe(20);
});

test("a partition that has something to be read and is not moved for a minute ends it", async () => {
  const run = await started();
  write(broker, minutes(0, 5));
  await run.caughtUp(broker);
  run.log.isHolding = true;
  write(broker, minutes(5, 6));
  await run.until(() => run.dead.length > 0, "the end");
  expect(run.dead.splice(0).map(({ message }) => message)).toEqual([
    `${WINDOWS}, partition 0: nothing was read for a minute`,
  ]);
});

test("a partition whose records are all gone is not one that stands still", async () => {
  write(broker, minutes(0, 12));
  broker.deleteBefore({ topic: WINDOWS, partition: 0 }, 12);
  const run = await started();
  const untilMs = clock.nowMs() + 300_000;
  await run.until(() => clock.nowMs() >= untilMs, "five minutes", 5_000);
  expect(run.dead).toEqual([]);
  write(broker, minutes(12, 13));
  await run.caughtUp(broker);
  expect(pointsOf("squall_traffic")).toEqual(traffic(12, 13));
});

test.each<[string, InfluxPlay, number]>([
  ["after some tries", answer(503), 3],
  ["in the first", { play: "hang" }, 0],
])("what another has stored since is not put back once InfluxDB answers again: lost %s", async (_what, play, tries) => {
  createTopics(broker, 3);
  const run = await started();
  influx.otherwise = play;
  write(broker, [threadWindow({ messages: 1 })], 2);
  await run.until(() => influx.heard.length > tries, "a try");
  const other = await started();
  await other.until(() => other.running.status().partitions.length === 2, "the other to get its share");
  write(broker, [threadWindow({ messages: 2 })], 2);
  influx.otherwise = { play: "store" };
  await other.until(() => committed(WINDOWS, 2) === 2, "the other to store all");
  await run.until(() => run.running.status().held.points === 0, "the first to have nothing left");
  expect(influx.points.get(traffic(0, 1)[0] ?? "")?.get("messages")).toBe("2");
});

test("a process that stood still forgets what it holds, and reads again", async () => {
  const run = await started({ bounds: SMALL });
  write(broker, minutes(0, 20));
  await run.caughtUp(broker);
  influx.otherwise = { play: "hang" };
  write(broker, [threadWindow({ messages: 1 })]);
  const before = influx.heard.length;
  await run.until(() => influx.heard.length > before, "a batch to be under way");
  clock.jump(60_000);
  influx.otherwise = { play: "store" };
  await run.until(() => influx.points.get(traffic(0, 1)[0] ?? "")?.get("messages") === "1", "it to be stored");
  expect(run.events).toContainEqual({ event: "stood-still", forMs: expect.any(Number) as number });
  await run.until(() => committed() === 21, "its offset");
  // All were read again: nothing is older than 15 minutes.
  expect(run.running.status().intake.windows).toBe(42);
});

describe("stop", () => {
  test("stores what was read", async () => {
    const run = await started();
    write(broker, minutes(0, 10));
    await run.until(() => run.running.status().held.points >= 10, "it to be read");
    expect(influx.heard).toEqual([]);
    expect(await run.running.stop(10_000)).toBe(true);
    expect(pointsOf("squall_traffic")).toEqual(traffic(0, 10));
    expect(committed()).toBe(10);
  });

  test.each<[string, InfluxPlay]>([
    ["fails", answer(503)],
    ["hangs", { play: "hang" }],
  ])("gives up in time while InfluxDB %s; whoever comes next stores it", async (_name, play) => {
    const run = await started();
    influx.otherwise = play;
    write(broker, minutes(0, 10));
    await run.until(() => influx.heard.length > 0, "a first try");
    const began = clock.nowMs();
    let isOver = false;
    const stopped = run.running.stop(10_000).finally(() => {
      isOver = true;
    });
    await run.until(() => isOver, "it to stop");
    expect(await stopped).toBe(false);
    expect(clock.nowMs() - began).toBeLessThanOrEqual(10_000);
    expect(committed()).toBeUndefined();
    influx.otherwise = { play: "store" };
    const next = await started();
    await next.caughtUp(broker);
    expect(pointsOf("squall_traffic")).toEqual(traffic(0, 10));
  });
});

test("it does not start without its topics for dead letters", async () => {
  const bare = new MemoryBroker();
  bare.createTopic(WINDOWS, 1);
  bare.createTopic(ALERTS, 1);
  const run = new RecorderRun(bare, clock);
  await expect(run.start(influx.origin)).rejects.toThrow(`there is no topic ${LETTERS}`);
});

test("it reads a topic that is idle and empty, or was made anew, whatever was committed", async () => {
  broker.groupOf(GROUP, [WINDOWS, ALERTS]).committed.set(`${WINDOWS}/0`, 5);
  const run = await started();
  await run.until(() => run.running.status().partitions.every(({ isReading }) => isReading), "it to begin");
  write(broker, minutes(0, 2));
  await run.caughtUp(broker);
  expect(pointsOf("squall_traffic")).toEqual(traffic(0, 2));
  expect(committed()).toBe(2);
});

test("where to read on is asked until it is answered", async () => {
  const first = await started();
  write(broker, minutes(0, 5));
  await first.caughtUp(broker);
  await first.running.stop(10_000);
  const run = await started();
  broker.isDown = true;
  await run.until(() => run.events.length > 0, "the question to fail");
  expect(recorderEventInWords(run.events[0] ?? { event: "stood-still", forMs: 0 })).toBe(
    "where to read on cannot be asked: unreachable (the broker is down); squall goes on trying",
  );
  broker.isDown = false;
  write(broker, minutes(5, 6));
  await run.caughtUp(broker);
  expect(pointsOf("squall_traffic")).toEqual(traffic(0, 6));
  await pollUntil(() => run.events.some(({ event }) => event === "log-recovered"), {
    deadlineMs: 5_000,
    what: "the word",
  });
});
