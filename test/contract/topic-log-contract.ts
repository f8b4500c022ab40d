// What every partitioned log does: the one in memory, and Kafka.

import { randomUUID } from "node:crypto";
import { describe, expect, test, type TestContext } from "vitest";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { CRASH_CASES } from "./topic-log-crash-cases.ts";
import { again, CASE_MS, faultOf, numbered, record, type TopicLogPlace, TopicReader, until } from "./topic-reader.ts";

export interface ContractCase {
  readonly place: TopicLogPlace;
  readonly topic: string;
  /** Opens a log that is closed at the end of the case. */
  readonly open: () => TopicLog;
}

const CASES: Readonly<Record<string, (given: ContractCase) => Promise<void>>> = {
  "the number of partitions, and no topic": async ({ open, topic }) => {
    const log = open();
    expect(await log.partitionsOf(topic)).toBe(3);
    expect(await log.partitionsOf(`${topic}-none`)).toBeUndefined();
  },
  "records of a partition come in order, with key, value, headers' room, offset and time": async ({ open, topic }) => {
    const log = open();
    const writer = await log.openPlainWriter();
    const before = Date.now();
    await writer.write([
      record({ topic, partition: 0 }, "a", "k"),
      record({ topic, partition: 1 }, "x"),
      { ...record({ topic, partition: 0 }, "b"), headers: { reason: "r" } },
      record({ topic, partition: 0 }, undefined, "k"),
    ]);
    await writer.write(numbered({ topic, partition: 2 }, 0, 2_500));
    const reader = await TopicReader.join(log, topic, randomUUID());
    await until("records", () => reader.values(2).length === 2_500 && reader.values(0).length === 3);
    expect(reader.values(0)).toEqual(["a", "b", "(none)"]);
    expect(reader.values(1)).toEqual(["x"]);
    expect(reader.values(2)).toEqual(numbered({ topic, partition: 2 }, 0, 2_500).map(({ value }) => String(value)));
    const records = reader.batches.filter(({ partition }) => partition === 0).flatMap((batch) => [...batch.records]);
    expect(records.map(({ offset, key }) => [offset, key?.toString()])).toEqual([
      [0, "k"],
      [1, undefined],
      [2, "k"],
    ]);
    expect(records[0]?.timestampMs).toBeGreaterThan(before - 60_000);
    expect((await log.endsOf(topic))[2]).toEqual({ first: 0, end: 2_500 });
    const last = reader.batches.findLast(({ partition }) => partition === 2);
    expect([last?.nextOffset, last?.endOffset]).toEqual([2_500, 2_500]);
  },
  "a large write is split by itself and stays whole and in order": async ({ open, topic }) => {
    const log = open();
    const writer = await log.openWriter(randomUUID());
    const values = Array.from({ length: 60 }, (_, n) => `${n} ${"x".repeat(60_000)}`);
    await writer.write(values.map((value) => record({ topic, partition: 1 }, value)));
    const reader = await TopicReader.join(log, topic, randomUUID());
    await until("records", () => reader.values(1).length >= 60);
    expect(reader.values(1)).toEqual(values);
  },
  "reading begins where it is told to, and nothing comes before that": async ({ open, topic }) => {
    const log = open();
    const writer = await log.openPlainWriter();
    await writer.write(numbered({ topic, partition: 0 }, 0, 10));
    const reader = await TopicReader.join(log, topic, randomUUID(), 7);
    await until("records", () => reader.values(0).length >= 3);
    reader.member?.seek({ topic, partition: 0 }, 4);
    await until("records", () => reader.values(0).length >= 9);
    expect(reader.values(0)).toEqual(["7", "8", "9", "4", "5", "6", "7", "8", "9"]);
  },
  "what was not committed comes again to the next, what was does not": async ({ open, topic }) => {
    const at = { topic, partition: 0 };
    const first = open();
    const writer = await first.openPlainWriter();
    await writer.write(numbered(at, 0, 10));
    const group = randomUUID();
    const reader = await TopicReader.join(first, topic, group);
    await until("records", () => reader.values(0).length === 10);
    expect(await reader.member?.committed(at)).toBeUndefined();
    await reader.member?.commit(at, 6);
    await first.close();
    const second = open();
    const next = await TopicReader.join(second, topic, group, 6);
    expect(await next.member?.committed(at)).toBe(6);
    await until("records", () => next.values(0).length >= 4);
    expect(next.values(0)).toEqual(["6", "7", "8", "9"]);
  },
  "a paused partition gives nothing while others go on, and nothing is lost": async ({ open, topic }) => {
    const log = open();
    const writer = await log.openPlainWriter();
    const reader = await TopicReader.join(log, topic, randomUUID());
    await until("records", () => reader.partitions.length === 3);
    await writer.write(numbered({ topic, partition: 0 }, 0, 3));
    await until("records", () => reader.values(0).length === 3);
    reader.member?.pause({ topic, partition: 0 });
    for (let n = 0; n < 5; n += 1) {
      await writer.write([...numbered({ topic, partition: 0 }, 3 + n, 1), ...numbered({ topic, partition: 1 }, n, 1)]);
      await until("records", () => reader.values(1).length === n + 1);
    }
    expect(reader.values(0)).toHaveLength(3);
    reader.member?.resume({ topic, partition: 0 });
    await until("records", () => reader.values(0).length >= 8);
    expect(reader.values(0)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
  },
  "a second member gets its share, who stays keeps what it read, and what a member leaves is taken over": async ({
    open,
    topic,
  }) => {
    const one = open();
    const writer = await one.openPlainWriter();
    const group = randomUUID();
    const first = await TopicReader.join(one, topic, group);
    for (const partition of [0, 1, 2]) await writer.write(numbered({ topic, partition }, 0, 5));
    await until("records", () => [0, 1, 2].every((partition) => first.values(partition).length === 5));
    const two = open();
    const second = await TopicReader.join(two, topic, group);
    await until("records", () => first.partitions.length === 2 && second.partitions.length === 1);
    const [moved = -1] = second.partitions;
    expect([...first.partitions, moved].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    expect(first.events.filter((event) => event.startsWith("-"))).toEqual([`-${moved}`]);
    for (const partition of [0, 1, 2]) await writer.write(numbered({ topic, partition }, 5, 1));
    await until("records", () => second.values(moved).length >= 6);
    const [kept = -1] = first.partitions;
    await until("records", () => first.values(kept).length >= 6);
    // Nothing twice where nothing moved.
    expect(first.values(kept)).toEqual(["0", "1", "2", "3", "4", "5"]);
    await first.member?.leave();
    await until("records", () => second.partitions.length === 3);
    await until("records", () => second.values(kept).length >= 6);
    expect(second.values(kept)).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect([...first.dead, ...second.dead]).toEqual([]);
  },
  "a transaction is read whole, and in order with those before and behind": async ({ open, topic }) => {
    const log = open();
    const writer = await log.openWriter(randomUUID());
    const reader = await TopicReader.join(log, topic, randomUUID());
    for (let n = 0; n < 20; n += 1) {
      await writer.write([0, 1, 2].map((partition) => record({ topic, partition }, String(n))));
    }
    await until("records", () => [0, 1, 2].every((partition) => reader.values(partition).length >= 20));
    for (const partition of [0, 1, 2]) {
      expect(reader.values(partition)).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
    }
  },
  "who takes an id over fences the one before, and only that one": async ({ open, topic }) => {
    const at = { topic, partition: 0 };
    const [one, two] = [open(), open()];
    const [id, other] = [randomUUID(), randomUUID()];
    const before = await one.openWriter(id);
    const bystander = await one.openWriter(other);
    await before.write([record(at, "1")]);
    const after = await two.openWriter(id);
    expect(await faultOf(before.write([record(at, "zombie")]))).toBe("fenced");
    expect(await faultOf(before.write([record(at, "zombie again")]))).toBe("fenced");
    await after.write([record(at, "2")]);
    await bystander.write([record(at, "3")]);
    const reader = await TopicReader.join(two, topic, randomUUID());
    await until("records", () => reader.values(0).length >= 3);
    expect(reader.values(0)).toEqual(["1", "2", "3"]);
  },
  "a write of which a part is refused is not there at all": async ({ open, topic }) => {
    const at = { topic, partition: 0 };
    const log = open();
    const id = randomUUID();
    const writer = await log.openWriter(id);
    const nowhere = { topic: `${topic}-none`, partition: 0 };
    expect(await faultOf(writer.write([record(at, "torn"), record(nowhere, "torn")]))).not.toBe("none");
    await writer.close();
    const next = await log.openWriter(id);
    await next.write([record(at, "whole")]);
    const reader = await TopicReader.join(log, topic, randomUUID());
    await until("records", () => reader.values(0).length > 0);
    expect(reader.values(0)).toEqual(["whole"]);
  },
  "a partition is read back from its beginning up to a record, once or again": async ({ open, topic }) => {
    const at = { topic, partition: 2 };
    const log = open();
    const writer = await log.openWriter(randomUUID());
    await log.prepareReadBack(topic);
    for (const last of ["100", "200"]) {
      const from = Number(last) - 100;
      await writer.write(numbered(at, from + 1, 100));
      const values: string[] = [];
      await log.readBack(
        at,
        ({ value }) => value?.toString() === last,
        ({ value }) => void values.push(value?.toString() ?? ""),
      );
      expect(values).toEqual(numbered(at, 1, Number(last)).map(({ value }) => String(value)));
    }
  },
  "the offset of a time": async ({ open, topic }) => {
    const at = { topic, partition: 0 };
    const log = open();
    const writer = await log.openPlainWriter();
    await writer.write(numbered(at, 0, 3));
    expect(await log.offsetAt(at, 0)).toBe(0);
    expect([3, undefined]).toContain(await log.offsetAt(at, Date.now() + 3_600_000));
  },
  "an outage ends a writer and is over when it is over": async ({ place, open, topic }) => {
    const at = { topic, partition: 0 };
    const log = open();
    const id = randomUUID();
    const writer = await log.openWriter(id);
    await writer.write([record(at, "1")]);
    const reader = await TopicReader.join(log, topic, randomUUID());
    await until("records", () => reader.values(0).length === 1);
    await place.down();
    expect(["unknown", "unreachable"]).toContain(await faultOf(writer.write([record(at, "2")])));
    expect(await faultOf(log.endsOf(topic))).toBe("unreachable");
    await writer.close();
    await place.up();
    const next = await again(() => log.openWriter(id));
    await next.write([record(at, "3")]);
    await until("records", () => reader.values(0).at(-1) === "3");
    // The one under way at the outage may be there, once.
    expect([
      ["1", "3"],
      ["1", "2", "3"],
    ]).toContainEqual(reader.values(0));
    expect(reader.dead).toEqual([]);
  },
};

const ALL = Object.entries({ ...CASES, ...CRASH_CASES }).map(([what, run]) => ({ what, run }));

/** `place`: where the logs of one case are opened. */
export function describeTopicLog(
  name: string,
  placeOf: (context: TestContext) => TopicLogPlace | Promise<TopicLogPlace>,
): void {
  describe(`${name}, as any partitioned log`, () => {
    test.for(ALL)("$what", { timeout: CASE_MS }, async ({ run }, context) => {
      const place = await placeOf(context);
      const topic = `contract-${randomUUID()}`;
      await place.createTopic(topic, 3);
      const logs: TopicLog[] = [];
      const open = (): TopicLog => {
        const log = place.open();
        logs.push(log);
        return log;
      };
      try {
        await run({ place, topic, open });
        expect.hasAssertions();
      } finally {
        await place.up();
        await Promise.all(logs.map((log) => log.close()));
      }
    });
  });
}
