import { describe, expect, test } from "vitest";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import { MemoryBroker } from "../../../test/support/memory-log/memory-broker.ts";
import { MemoryTopicLog } from "../../../test/support/memory-log/memory-topic-log.ts";
import { simulate } from "../simulate/simulation.ts";
import { KafkaLines, type KafkaLinesOptions } from "./kafka-lines.ts";
import { playLive } from "./simulate-live.ts";

const TOPIC = "squall.mail-logs";
const PARTITIONS = 3;

interface World {
  readonly broker: MemoryBroker;
  readonly lines: KafkaLines;
  readonly said: string[];
  readonly stop: AbortController;
  /** All that the topic holds, partition by partition. */
  readonly held: () => string[][];
}

/** A clock that stands still but while somebody waits; `onWait` is called with the time, ms, whenever somebody does. */
function world(onWait: (nowMs: number, broker: MemoryBroker) => void, options: Partial<KafkaLinesOptions> = {}): World {
  const broker = new MemoryBroker();
  broker.createTopic(TOPIC, PARTITIONS);
  const said: string[] = [];
  const stop = new AbortController();
  let nowMs = 0;
  const lines = new KafkaLines({
    log: new MemoryTopicLog(broker),
    topic: TOPIC,
    linesPerRecord: 1,
    stamp: "rfc3339",
    signal: stop.signal,
    wait: (ms) => {
      nowMs += ms;
      return Promise.resolve(onWait(nowMs, broker));
    },
    monotonicMs: () => nowMs,
    say: (line) => said.push(line),
    ...options,
  });
  const held = (): string[][] =>
    Array.from({ length: PARTITIONS }, (_, partition) =>
      broker.recordsOf({ topic: TOPIC, partition }).map(({ value }) => value?.toString("latin1") ?? ""),
    );
  return { broker, lines, said, stop, held };
}

const company = () => simulate({ scenario: "small-company", seed: 1, scale: 1, until: 1800, setUp: "verp-pool" });
const noWait = (): void => {
  throw new Error("nobody has to wait");
};

async function play(lines: KafkaLines): Promise<string[]> {
  expect(await lines.open()).toBe(true);
  const log: string[] = [];
  for (const chunk of company().chunks()) {
    log.push(...chunk.toString("latin1").split("\n").slice(0, -1));
    expect(await lines.write(chunk)).toBe(true);
  }
  await lines.close();
  return log;
}

test.each([1, 20])("all lines are there, those of a host in order: %i a record", async (linesPerRecord) => {
  const { lines, held, said } = world(noWait, { linesPerRecord });
  const log = await play(lines);
  const hosts = new Set(log.map((line) => line.split(" ")[1]));
  expect(hosts.size).toBeGreaterThan(1);
  const found = held().map((partition) => partition.flatMap((value) => value.split("\n")));
  for (const host of hosts) {
    const own = (line: string): boolean => line.split(" ")[1] === host;
    const [partition = [], ...more] = found.filter((one) => one.some(own));
    expect(more).toEqual([]);
    expect(partition.filter(own)).toEqual(log.filter(own));
  }
  const records = held().flat().length;
  expect([lines.lines, lines.records, lines.linesSentAgain, said]).toEqual([log.length, records, 0, []]);
  expect(records === log.length).toBe(linesPerRecord === 1);
});

test("live, a line is in the topic when its stamp has come", async () => {
  const { lines, broker } = world(noWait);
  const startMs = Date.UTC(2026, 10, 26, 17);
  let nowMs = startMs;
  broker.nowMs = () => nowMs;
  await lines.open();
  const times = { startsAt: startMs * 1000, speed: 10 };
  const simulation = simulate({ scenario: "small-company", seed: 1, scale: 1, until: 1800, times });
  const wait = (ms: number): Promise<void> => Promise.resolve(void (nowMs += ms));
  const { signal } = new AbortController();
  expect(await playLive(simulation, lines, { nowMs: () => nowMs, wait, signal })).toBe(true);
  const late = [0, 1, 2].flatMap((partition) =>
    broker
      .recordsOf({ topic: TOPIC, partition })
      .map(({ timestampMs, value }) => timestampMs - Date.parse(`${value?.toString("latin1").slice(0, 23)}Z`)),
  );
  expect(late.length).toBe(lines.lines);
  expect(lines.lines).toBeGreaterThan(500);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...late)).toBeLessThan(7);
});

describe("a broker that does not answer", () => {
  test("is waited for at the start, and in between: nothing is missing, nothing is out of order", async () => {
    const outages: number[] = [];
    const { lines, broker, held, said } = world((nowMs) => {
      outages.push(nowMs);
      broker.isDown = false;
    });
    broker.isDown = true;
    expect(await lines.open()).toBe(true);
    const [chunk = Buffer.alloc(0)] = company().chunks();
    broker.isDown = true;
    expect(await lines.write(chunk)).toBe(true);
    expect(outages).toHaveLength(2);
    expect(held().flat()).toHaveLength(lines.lines);
    expect(lines.linesSentAgain).toBe(lines.lines);
    const words = ["no broker takes it, tried again for a minute: the broker is down", "the brokers answer again"];
    expect(said).toEqual([...words, ...words]);
  });

  test("for a minute is given up, and said once", async () => {
    let lastMs = 0;
    const { lines, broker, said } = world((nowMs) => (lastMs = nowMs));
    await lines.open();
    broker.isDown = true;
    const [chunk = Buffer.alloc(0)] = company().chunks();
    await expect(lines.write(chunk)).rejects.toThrow(new LogError("unreachable", "the broker is down"));
    expect(lastMs).toBeGreaterThanOrEqual(60_000);
    expect(lastMs).toBeLessThan(70_000);
    expect([lines.lines, said.length]).toEqual([0, 1]);
  });

  test("is not waited for any more when it is interrupted", async () => {
    const opening = world(() => opening.stop.abort("SIGINT"));
    opening.broker.isDown = true;
    expect(await opening.lines.open()).toBe(false);
    const writing = world(() => writing.stop.abort("SIGINT"));
    await writing.lines.open();
    writing.broker.isDown = true;
    const [chunk = Buffer.alloc(0)] = company().chunks();
    expect(await writing.lines.write(chunk)).toBe(false);
    expect(writing.lines.lines).toBe(0);
  });

  test("that fails half-way is written to anew by another writer", async () => {
    const broker = new MemoryBroker();
    broker.createTopic(TOPIC, PARTITIONS);
    const real = new MemoryTopicLog(broker);
    let writers = 0;
    const { lines } = world(() => undefined, {
      log: {
        partitionsOf: (topic) => real.partitionsOf(topic),
        async openPlainWriter() {
          const writer = await real.openPlainWriter();
          writers += 1;
          if (writers > 1) return writer;
          return {
            ...writer,
            async write(records) {
              await writer.write(records.slice(0, 10));
              throw new LogError("unreachable", "connection lost");
            },
          };
        },
      },
    });
    await lines.open();
    const [chunk = Buffer.alloc(0)] = company().chunks();
    await lines.write(chunk);
    const records = [0, 1, 2].flatMap((partition) => broker.recordsOf({ topic: TOPIC, partition }));
    expect([writers, records.length - lines.records, lines.linesSentAgain]).toEqual([2, 10, lines.lines]);
  });
});

test("a topic that is missing is no matter of waiting", async () => {
  const { lines } = world(noWait, { topic: "other.mail-logs" });
  await expect(lines.open()).rejects.toThrow("no such topic: other.mail-logs. squall topics --create makes it");
});
