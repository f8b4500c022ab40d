// What Kafka has and the log in memory has not: ends of transactions, and records that were taken back.

import { randomUUID } from "node:crypto";
import { Kafka } from "kafkajs";
import { expect, test } from "vitest";
import { CASE_MS, TopicReader, until } from "../contract/topic-reader.ts";
import { closersAfterEach } from "../support/closers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { sharedRealKafka } from "../support/real-kafka.ts";

const kafkaFor = sharedRealKafka();
const closers = closersAfterEach();

test("what was taken back at the end of a partition is passed over", { timeout: CASE_MS }, async (context) => {
  const kafka = await kafkaFor(context);
  const topic = `torn-${randomUUID()}`;
  await kafka.createTopics([{ topic, partitions: 1 }]);
  const log = logOn(kafka);
  closers.push(() => log.close());
  const reader = await TopicReader.join(log, topic, randomUUID());
  const producer = new Kafka(kafka.client()).producer({
    transactionalId: randomUUID(),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  closers.push(() => producer.disconnect());
  await producer.connect();
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
