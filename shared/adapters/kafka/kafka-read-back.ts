// Reading partitions of one topic from their beginning, when somebody asks: a consumer alone in a group of its own.
//
// kafkajs can read by groups only. The member is kept while the process lives: joining can take the seconds that a broker waits for
// further members, and a partition must be taken over within a few. One that was cut off is not restarted: as a new member of its old
// group it would wait for itself until its session ends.

import { randomUUID } from "node:crypto";
import type { Consumer, EachBatchPayload, Kafka } from "kafkajs";
import { LogError, type LogRecord } from "../../runtime/topic-log.ts";
import { logErrorOf } from "./kafka-error.ts";
import { recordsFrom } from "./kafka-records.ts";
import { whileItRuns } from "./while-it-runs.ts";

const PARTITION_BYTES_MAX = 4_194_304;
const FETCH_BYTES_MAX = 16_777_216;
/** A read that was just asked for waits so long at most until the fetch under way ends. */
const FETCH_WAIT_MS = 20;
const SESSION_MS = 30_000;
const HEARTBEAT_MS = 3_000;

interface Reading {
  next: number;
  readonly isLast: (record: LogRecord) => boolean;
  readonly onRecord: (record: LogRecord) => void;
  readonly resolve: () => void;
  readonly reject: (error: LogError) => void;
}

export class KafkaReadBack {
  private readonly topic: string;
  private readonly consumer: Consumer;
  private readonly readings = new Map<number, Reading>();
  private assigned = new Set<number>();
  private readonly joined = Promise.withResolvers<void>();
  private starting: Promise<void> | undefined;
  private dead: LogError | undefined;

  constructor(kafka: Kafka, topic: string) {
    this.topic = topic;
    // Nobody may be waiting.
    this.joined.promise.catch(() => undefined);
    this.consumer = kafka.consumer({
      groupId: `${topic}.read-back.${randomUUID()}`,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxBytesPerPartition: PARTITION_BYTES_MAX,
      maxBytes: FETCH_BYTES_MAX,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      readUncommitted: false,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
  }

  /** It reads no more: make another. */
  get isDead(): boolean {
    return this.dead !== undefined;
  }

  /** Joins, so that a read need not wait for it. Rejects with LogError. */
  start(): Promise<void> {
    this.starting ??= this.join();
    return this.starting;
  }

  /** One read of a partition at a time. Rejects with LogError. */
  async read(
    partition: number,
    isLast: (record: LogRecord) => boolean,
    onRecord: (record: LogRecord) => void,
  ): Promise<void> {
    await this.start();
    await new Promise<void>((resolve, reject) => {
      if (this.dead !== undefined) {
        reject(this.dead);
        return;
      }
      this.readings.set(partition, { next: 0, isLast, onRecord, resolve, reject });
      whileItRuns(() => this.place(partition));
    });
  }

  async close(): Promise<void> {
    this.end(new LogError("unknown", "the reader is closed"));
    await this.consumer.disconnect().catch(() => undefined);
  }

  private async join(): Promise<void> {
    const { consumer, topic } = this;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.assigned = new Set(payload.memberAssignment[topic]);
      for (const partition of this.assigned) this.place(partition);
      this.joined.resolve();
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
      this.end(logErrorOf(error, "unreachable"));
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.take(payload),
      });
    } catch (error) {
      const fault = logErrorOf(error, "unreachable");
      this.end(fault);
      throw fault;
    }
    await this.joined.promise;
  }

  private end(error: LogError): void {
    this.dead ??= error;
    this.joined.reject(error);
    for (const reading of this.readings.values()) reading.reject(error);
    this.readings.clear();
  }

  private place(partition: number): void {
    const { topic, consumer } = this;
    // One that is not assigned is placed at the join that brings it.
    if (!this.assigned.has(partition)) return;
    const reading = this.readings.get(partition);
    const at = [{ topic, partitions: [partition] }];
    if (reading === undefined) {
      consumer.pause(at);
      return;
    }
    consumer.resume(at);
    consumer.seek({ topic, partition, offset: String(reading.next) });
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const reading = this.readings.get(batch.partition);
    if (reading === undefined || payload.isStale()) return;
    for (const record of recordsFrom(batch.messages, reading.next)) {
      reading.onRecord(record);
      if (!reading.isLast(record)) continue;
      this.readings.delete(batch.partition);
      whileItRuns(() => this.place(batch.partition));
      reading.resolve();
      return;
    }
    reading.next = Number(batch.lastOffset()) + 1;
    payload.resolveOffset(batch.lastOffset());
    await payload.heartbeat();
  }
}
