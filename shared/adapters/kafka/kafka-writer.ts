// Writers on Kafka: one transaction a call, or plain sends.

import { type Kafka, Partitioners, type Producer, type TopicMessages, type Transaction } from "kafkajs";
import { LogError, type NewRecord, type PlainWriter, type TransactionalWriter } from "../../runtime/topic-log.ts";
import { logErrorOf } from "./kafka-error.ts";

/** Of one partition in one request: kafkajs makes one batch of it, and brokers take 1,048,588 bytes a batch. */
const BATCH_BYTES_MAX = 900_000;
/** What a record takes beside its key, value and headers, at most. */
const RECORD_OVERHEAD_BYTES = 64;
/**
 * A writer that stands still with a transaction open holds up the readers of what it writes to until somebody takes its id over, or
 * for so long.
 */
const TRANSACTION_MS = 30_000;

/** Takes the id over. Rejects with LogError. */
export async function openKafkaWriter(kafka: Kafka, id: string): Promise<TransactionalWriter> {
  const producer = kafka.producer({
    transactionalId: id,
    transactionTimeout: TRANSACTION_MS,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    // A topic that a broker makes by itself has its settings, not ours.
    allowAutoTopicCreation: false,
  });
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
      await sendIn(transaction, records);
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

async function sendIn(transaction: Transaction, records: readonly NewRecord[]): Promise<void> {
  for (const topicMessages of requestsOf(records)) await transaction.sendBatch({ topicMessages });
}

/** A writer that needs no id: what it writes may stand there twice. Rejects with LogError. */
export async function openKafkaPlainWriter(kafka: Kafka): Promise<PlainWriter> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    // A topic that a broker makes by itself has its settings, not ours.
    allowAutoTopicCreation: false,
  });
  try {
    await producer.connect();
  } catch (error) {
    await disconnect(producer);
    throw logErrorOf(error, "unreachable");
  }
  return {
    async write(records) {
      try {
        for (const topicMessages of requestsOf(records)) await producer.sendBatch({ topicMessages });
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
