// Writers on Kafka: one transaction a call, or plain sends.

import {
  type Kafka,
  Partitioners,
  type Producer,
  type ProducerConfig,
  type TopicMessages,
  type Transaction,
} from "kafkajs";
import { type Clock, passed, systemClock } from "../../runtime/clock.ts";
import { LogError, type NewRecord, type PlainWriter, type TransactionalWriter } from "../../runtime/topic-log.ts";
import { hasErrorType, logErrorOf } from "./kafka-error.ts";

/** Of one partition in one request: kafkajs makes one batch of it, and brokers take 1,048,588 bytes a batch. */
const BATCH_BYTES_MAX = 900_000;
/** What a record takes beside its key, value and headers, at most. */
const RECORD_OVERHEAD_BYTES = 64;
/**
 * A writer that stands still with a transaction open holds up the readers of what it writes to until somebody takes its id over, or
 * for so long.
 */
const TRANSACTION_MS = 30_000;

/**
 * A request is not made again by kafkajs. Where one broker of several fails, 2.2.4 begins anew while the others are still at it: what they
 * take is written twice; and what has moved to a broker that has answered already is left out, and the send succeeds. Seen when one of
 * three brokers was killed. What fails here ends the writer, and its transaction never was.
 */
const PRODUCER: ProducerConfig = {
  retry: { retries: 0 },
  maxInFlightRequests: 1,
  createPartitioner: Partitioners.DefaultPartitioner,
  // A topic that a broker makes by itself has its settings, not ours.
  allowAutoTopicCreation: false,
};
/** How long the end of the transaction before is waited for, and how long between two tries. */
const BEGIN_MS = 10_000;
const BEGIN_AGAIN_MS = 5;

/** Takes the id over. Rejects with LogError. */
export async function openKafkaWriter(kafka: Kafka, id: string): Promise<TransactionalWriter> {
  const producer = kafka.producer({ ...PRODUCER, transactionalId: id, transactionTimeout: TRANSACTION_MS });
  try {
    await producer.connect();
    // The id is taken over with the first transaction.
    const first = await producer.transaction();
    await first.abort();
  } catch (error) {
    await disconnect(producer);
    throw logErrorOf(error, "unreachable");
  }
  return new KafkaTransactionalWriter(producer);
}

class KafkaTransactionalWriter implements TransactionalWriter {
  private readonly producer: Producer;
  private broken: LogError | undefined;

  constructor(producer: Producer) {
    this.producer = producer;
  }

  async write(records: readonly NewRecord[]): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    if (records.length === 0) return;
    try {
      const transaction = await this.producer.transaction();
      await sendInto(transaction, records, systemClock);
      await transaction.commit();
    } catch (error) {
      // Whatever stands in an open transaction is dropped when the id is taken over.
      this.broken = logErrorOf(error, "unknown");
      throw this.broken;
    }
  }

  async close(): Promise<void> {
    this.broken ??= new LogError("unknown", "the writer is closed");
    await disconnect(this.producer);
  }
}

/**
 * Writes all of it into a transaction. The first request goes to one partition alone: it meets the end of the transaction before, and
 * may be made again, since nothing else is on its way.
 */
async function sendInto(transaction: Transaction, records: readonly NewRecord[], clock: Clock): Promise<void> {
  const { topic, partition } = records.at(-1) ?? { topic: "", partition: 0 };
  const isOfLast = (record: NewRecord): boolean => record.topic === topic && record.partition === partition;
  const [first = [], ...others] = requestsOf(records.filter(isOfLast));
  const giveUpAtMs = clock.nowMs() + BEGIN_MS;
  for (;;) {
    try {
      await send(transaction, first);
      break;
    } catch (error) {
      if (!hasErrorType(error, "CONCURRENT_TRANSACTIONS") || clock.nowMs() > giveUpAtMs) throw error;
    }
    await passed(clock, BEGIN_AGAIN_MS);
  }
  for (const request of others) await send(transaction, request);
  for (const request of requestsOf(records.filter((record) => !isOfLast(record)))) await send(transaction, request);
}

/** One request a broker, and an answer for every partition in it. */
async function send(by: Pick<Producer | Transaction, "sendBatch">, topicMessages: TopicMessages[]): Promise<void> {
  const answers = await by.sendBatch({ topicMessages });
  const answered = new Set(answers.map(({ topicName, partition }) => `${topicName}/${partition}`));
  for (const { topic, messages } of topicMessages) {
    const left = messages.find(({ partition }) => !answered.has(`${topic}/${partition}`));
    if (left !== undefined) throw new Error(`${topic}, partition ${left.partition} was left out of a send`);
  }
}

/** A writer that needs no id: what it writes may stand there twice. Rejects with LogError. */
export async function openKafkaPlainWriter(kafka: Kafka): Promise<PlainWriter> {
  const producer = kafka.producer(PRODUCER);
  try {
    await producer.connect();
  } catch (error) {
    await disconnect(producer);
    throw logErrorOf(error, "unreachable");
  }
  return {
    async write(records) {
      try {
        for (const request of requestsOf(records)) await send(producer, request);
      } catch (error) {
        throw logErrorOf(error, "unreachable");
      }
    },
    close: () => disconnect(producer),
  };
}

async function disconnect(producer: Producer): Promise<void> {
  try {
    await producer.disconnect();
  } catch {
    // It is of no more use either way.
  }
}

/** What may be sent at once: of each partition no more than a batch may hold, in order. */
function* requestsOf(records: readonly NewRecord[]): Generator<TopicMessages[]> {
  let request = new Map<string, { topic: string; messages: TopicMessages["messages"] }>();
  let bytes = new Map<string, number>();
  for (const record of records) {
    const { topic, partition, key, value, headers } = record;
    const name = `${topic}/${partition}`;
    const size = sizeOf(record);
    const sum = (bytes.get(name) ?? 0) + size;
    if (sum > BATCH_BYTES_MAX && sum > size) {
      yield [...request.values()];
      request = new Map();
      bytes = new Map();
    }
    bytes.set(name, (bytes.get(name) ?? 0) + size);
    let messages = request.get(topic);
    if (messages === undefined) {
      messages = { topic, messages: [] };
      request.set(topic, messages);
    }
    messages.messages.push({
      partition,
      key: key ?? null,
      value: value ?? null,
      ...(headers === undefined ? {} : { headers: { ...headers } }),
    });
  }
  if (request.size > 0) yield [...request.values()];
}

function sizeOf({ key, value, headers }: NewRecord): number {
  let size = RECORD_OVERHEAD_BYTES + (value?.length ?? 0) + (key === undefined ? 0 : Buffer.byteLength(key));
  for (const [name, text] of Object.entries(headers ?? {})) size += name.length + Buffer.byteLength(text) + 8;
  return size;
}
