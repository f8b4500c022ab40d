// The last records of a topic's partitions, read once by a consumer alone in a group of its own.

import { randomUUID } from "node:crypto";
import type { Consumer, EachBatchPayload, Kafka } from "kafkajs";
import type { NewestRecord, NewestRecords } from "../../runtime/topic-trials.ts";
import { isUndecodable, logErrorOf } from "./kafka-error.ts";
import { recordsFrom } from "./kafka-records.ts";

/** Of a partition: the records of a flush, what was taken back behind it, and the marks of transactions count too. */
const NEWEST_MAX = 16;
const PARTITION_BYTES_MAX = 1_048_576;
const FETCH_BYTES_MAX = 16_777_216;
const FETCH_WAIT_MS = 100;
const RETRIES = 5;

interface Newest {
  readonly topic: string;
  /** The group's name begins so. */
  readonly group: string;
  readonly ends: readonly { readonly partition: number; readonly low: string; readonly high: string }[];
  /** Brokers that lead a partition. */
  readonly leaders: number;
}

/** Rejects with what kafkajs throws. */
export async function readNewest(kafka: Kafka, { topic, group, ends, leaders }: Newest): Promise<NewestRecords> {
  const consumer = kafka.consumer({
    groupId: `${group}.doctor.${randomUUID()}`,
    maxBytesPerPartition: PARTITION_BYTES_MAX,
    maxBytes: FETCH_BYTES_MAX,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    retry: { retries: RETRIES },
  });
  const records: NewestRecord[] = [];
  try {
    const read = fetchedOnce(consumer, leaders);
    const places = ends.map(({ partition, low, high }) => ({
      topic,
      partition,
      offset: String(Math.max(Number(low), Number(high) - NEWEST_MAX)),
    }));
    consumer.on(consumer.events.GROUP_JOIN, () => {
      for (const place of places) consumer.seek(place);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: (payload) => Promise.resolve(void records.push(...newestOf(payload))),
    });
    await read;
    return { records, undecodable: undefined };
  } catch (error) {
    if (!isUndecodable(error)) throw error;
    return { records: [], undecodable: logErrorOf(error, "unreachable").message };
  } finally {
    await consumer.disconnect().catch(() => undefined);
  }
}

/** Resolves when each of the brokers has answered a fetch, however little: who may not read a topic gets no such answer. */
function fetchedOnce(consumer: Consumer, leaders: number): Promise<void> {
  const answered = new Set<number>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const taken = new Set<number>();
  consumer.on(consumer.events.FETCH, ({ payload: { nodeId } }) => {
    answered.add(nodeId);
  });
  // What an answer brought has been handed over when the next one is asked for.
  consumer.on(consumer.events.FETCH_START, ({ payload: { nodeId } }) => {
    if (answered.has(nodeId)) taken.add(nodeId);
    if (taken.size >= leaders) resolve();
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
    reject(error);
  });
  // Joining may fail before anybody waits for it.
  promise.catch(() => undefined);
  return promise;
}

function newestOf({ batch: { partition, messages } }: EachBatchPayload): NewestRecord[] {
  return recordsFrom(messages, 0).map(({ key, value, ...others }) => ({
    ...others,
    partition,
    key: key === undefined ? undefined : Buffer.from(key),
    value: value === undefined ? undefined : Buffer.from(value),
  }));
}
