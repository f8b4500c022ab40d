// What Kafka has and the log in memory has not: ends of transactions, and records that were taken back.

import { randomUUID } from "node:crypto";
import { Kafka, type Producer } from "kafkajs";
import { expect, test } from "vitest";
import { CASE_MS, TopicReader, until } from "../contract/topic-reader.ts";
import { closersAfterEach } from "../support/closers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { type RealKafka, sharedRealKafka } from "../support/real-kafka.ts";

const kafkaFor = sharedRealKafka();
const closers = closersAfterEach();

test("what was taken back at the end of a partition is passed over", { timeout: CASE_MS }, async (context) => {
  const kafka = await kafkaFor(context);
  const topic = `torn-${randomUUID()}`;
  await kafka.createTopics([{ topic, partitions: 1 }]);
  const log = logOn(kafka);
  closers.push(() => log.close());
  const reader = await TopicReader.join(log, topic, randomUUID());
  const producer = await producerOn(kafka);
  for (const value of ["whole", "torn"]) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value }] });
    await (value === "torn" ? transaction.abort() : transaction.commit());
    await until(value, () => reader.values(0).includes("whole"));
  }
  // Two records, and what ends each transaction.
  await until("the end", () => reader.batches.at(-1)?.nextOffset === 4);
  expect(reader.values(0)).toEqual(["whole"]);
});

// A process that is killed leaves a transaction of each of its partitions open, and they end in any order.
test.for([
  ["that ends in the order in which it began", [0, 1, 2]],
  ["that ends in another order", [2, 0, 1]],
  ["that ends the other way round", [2, 1, 0]],
] as const)(
  "of all that is under way at once and taken back, %s, nothing is read",
  { timeout: CASE_MS },
  async ([, order], context) => {
    const kafka = await kafkaFor(context);
    const topic = `torn-${randomUUID()}`;
    await kafka.createTopics([{ topic, partitions: 1 }]);
    const log = logOn(kafka);
    closers.push(() => log.close());
    const [whole, ...torn] = await Promise.all([
      producerOn(kafka),
      producerOn(kafka),
      producerOn(kafka),
      producerOn(kafka),
    ]);
    const kept = await whole.transaction();
    const transactions = await Promise.all(torn.map((producer) => producer.transaction()));
    for (const round of [1, 2]) {
      for (const [at, transaction] of transactions.entries())
        await transaction.send({ topic, messages: [{ value: `torn ${at}, ${round}` }] });
      await kept.send({ topic, messages: [{ value: `whole ${round}` }] });
    }
    for (const at of order) await transactions[at]?.abort();
    await kept.commit();
    // From each offset on: a reader goes on in the middle too.
    for (let from = 0; from < RECORDS; from += 1) {
      const reader = await TopicReader.join(log, topic, randomUUID(), from);
      await until("the end", () => (reader.batches.at(-1)?.nextOffset ?? 0) >= RECORDS + 4);
      const left = from > 7 ? [] : from > 3 ? ["whole 2"] : ["whole 1", "whole 2"];
      expect([from, reader.values(0)]).toEqual([from, left]);
      await reader.member?.leave();
    }
  },
);

/** Of two rounds by four producers. */
const RECORDS = 8;

async function producerOn(kafka: RealKafka): Promise<Producer> {
  const producer = new Kafka(kafka.client()).producer({
    transactionalId: randomUUID(),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  closers.push(() => producer.disconnect());
  await producer.connect();
  return producer;
}
