import { afterEach, beforeEach, expect, test } from "vitest";
import { MemoryBroker } from "../../test/support/memory-log/memory-broker.ts";
import { MemoryTopicLog } from "../../test/support/memory-log/memory-topic-log.ts";
import { pollUntil } from "../../test/support/poll.ts";
import { stormAlert } from "../../test/support/storm-alert.ts";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { encodeStreamProgress } from "../../shared/domain/stream-progress.ts";
import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import type { LogError } from "../../shared/runtime/topic-log.ts";
import { TopicReader } from "./topic-reader-shell.ts";

const WINDOWS = "squall.thread-windows";
const ALERTS = "squall.storm-alerts";
const STATE = "squall.storm-alerts.alerter-state";
const NOW = Date.UTC(2026, 10, 27, 9);
const HOUR_MS = 3_600_000;

let broker: MemoryBroker;
let log: MemoryTopicLog;
let reader: TopicReader;
let heard: string[];
let dead: LogError[];

function windowOf(key: string): ThreadWindow {
  const times = { windowStart: NOW - 60_000, windowEnd: NOW, final: true };
  const counts = { replyAlls: 1, distinctRepliers: 1, automatic: 0, messages: 1, recipients: 9, deliveries: 9 };
  return { v: 1, site: "nhs", scope: "list", key, ...times, ...counts, audience: 9, score: 1 };
}

/** Written so long ago. */
function write(topic: string, line: string, agoMs = 0, partition = 0): void {
  broker.nowMs = () => NOW - agoMs;
  broker.append([{ topic, partition, key: undefined, value: Buffer.from(line) }]);
}

beforeEach(() => {
  broker = new MemoryBroker();
  broker.createTopic(WINDOWS, 2);
  broker.createTopic(ALERTS, 1);
  broker.createTopic(STATE, 1);
  log = new MemoryTopicLog(broker);
  heard = [];
  dead = [];
  reader = new TopicReader({
    log,
    group: "one",
    windowsTopic: WINDOWS,
    alertsTopic: ALERTS,
    stateTopic: STATE,
    nowMs: () => NOW,
    onWindow: ({ key }) => void heard.push(`window ${key}`),
    onAlert: ({ stormId, revision }) => void heard.push(`alert ${stormId} ${revision}`),
    onProgress: ({ site, at }) => void heard.push(`progress ${site} ${at}`),
    onState: (key, value) => void heard.push(`state ${key} ${value?.toString() ?? "none"}`),
    onDead: (error) => void dead.push(error),
  });
});
afterEach(async () => {
  await reader.stop();
  await log.close();
});

const until = (what: string, holds: () => boolean): Promise<void> => pollUntil(holds, { deadlineMs: 10_000, what });

test("of the alerter's state it reads all, however long ago it was written", async () => {
  broker.nowMs = () => NOW - 80 * 24 * HOUR_MS;
  broker.append([{ topic: STATE, partition: 0, key: "silence/set/1", value: Buffer.from("one") }]);
  await reader.start();
  await until("what was there", () => reader.isCaughtUp);
  broker.append([{ topic: STATE, partition: 0, key: "silence/set/1", value: undefined }]);
  await until("what came", () => heard.length === 2);
  expect(heard).toEqual(["state silence/set/1 one", "state silence/set/1 none"]);
  expect(reader.unreadable).toBe(0);
});

test("it reads windows of the last hour and alerts of a day, and then what comes", async () => {
  write(WINDOWS, encodeThreadWindow(windowOf("old")), 2 * HOUR_MS);
  write(WINDOWS, `${encodeThreadWindow(windowOf("a"))}\n${encodeThreadWindow(windowOf("b"))}\n`, HOUR_MS);
  write(WINDOWS, encodeThreadWindow(windowOf("c")), 0, 1);
  write(ALERTS, encodeStormAlert(stormAlert({ stormId: "old" })), 25 * HOUR_MS);
  write(ALERTS, encodeStormAlert(stormAlert({ stormId: "open" })), 23 * HOUR_MS);
  await reader.start();
  await until("what was there", () => reader.isCaughtUp);
  expect(heard.toSorted()).toEqual(["alert open 1", "window a", "window b", "window c"]);
  write(ALERTS, encodeStormAlert(stormAlert({ stormId: "new", revision: 2 })));
  await until("what came", () => heard.includes("alert new 2"));
  expect(reader.lag.every(({ records }) => records === 0)).toBe(true);
  expect(Object.fromEntries(reader.records)).toEqual({ [STATE]: 0, [WINDOWS]: 2, [ALERTS]: 2 });
});

test("words of detectors and operators are no alerts, and what cannot be read is counted and passed over", async () => {
  const progress = { site: "nhs", input: "squall.mail-events", partition: 0, of: 1, at: NOW, state: "known" } as const;
  write(ALERTS, `${encodeStreamProgress(progress)}\n{"v":1\n`);
  write(WINDOWS, "nonsense");
  write(ALERTS, encodeStormAlert(stormAlert()));
  await reader.start();
  await until("all of it", () => heard.length >= 2 && reader.unreadable >= 2);
  expect([heard, reader.unreadable, dead]).toEqual([[`progress nhs ${NOW}`, "alert a23d9e6284d71437 1"], 2, []]);
});

test("empty topics are read to their end at once", async () => {
  await reader.start();
  await until("it", () => reader.isCaughtUp);
  expect(heard).toEqual([]);
});

test("without a topic it does not start", async () => {
  const none = { log, group: "two", windowsTopic: "nope", alertsTopic: ALERTS, stateTopic: STATE };
  const deaf = { onWindow: () => undefined, onAlert: () => undefined, onProgress: () => undefined };
  const rest = { nowMs: () => NOW, onState: () => undefined, onDead: () => undefined };
  const lost = new TopicReader({ ...none, ...deaf, ...rest });
  await expect(lost.start()).rejects.toThrow("there is no topic nope");
});
