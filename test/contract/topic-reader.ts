// A member of a group that notes what it is given, and what the contract of partitioned logs asks besides.

import {
  type GroupMember,
  type LogBatch,
  LogError,
  type LogFault,
  type NewRecord,
  type TopicLog,
  type TopicPartition,
} from "../../shared/runtime/topic-log.ts";
import { pollUntil } from "../support/poll.ts";

/** One cluster that logs are opened on. */
export interface TopicLogPlace {
  /** A process' connection. */
  readonly open: () => TopicLog;
  readonly createTopic: (topic: string, partitions: number) => Promise<void>;
  /** A process that joins, notes what it reads and commits nothing, until it is killed. */
  readonly startMember: (topic: string, group: string) => Promise<KilledMember>;
  /** Of the records of a partition, in order, as another client sees them. */
  readonly headersOf: (at: TopicPartition) => Promise<Readonly<Record<string, string>>[]>;
  /** Nothing answers until `up`. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
}

export interface KilledMember {
  readonly values: () => string[];
  /** Without a word to anybody. */
  readonly kill: () => Promise<void>;
}

/** A broker that is killed and started again takes its time. */
export const CASE_MS = 120_000;
const WAIT_MS = 30_000;

export function record(at: TopicPartition, value: string | undefined, key?: string): NewRecord {
  return { ...at, key, value: value === undefined ? undefined : Buffer.from(value) };
}

export function numbered(at: TopicPartition, from: number, count: number): NewRecord[] {
  return Array.from({ length: count }, (_, n) => record(at, String(from + n)));
}

/** Notes what it is given, and reads each partition from where `startAt` says. */
export class TopicReader {
  readonly assigned = new Map<string, TopicPartition>();
  readonly events: string[] = [];
  readonly batches: LogBatch[] = [];
  readonly dead: LogError[] = [];
  member: GroupMember | undefined;
  private readonly pending: TopicPartition[] = [];

  static async join(log: TopicLog, topic: string, group: string, startAt = 0): Promise<TopicReader> {
    const reader = new TopicReader();
    const place = (at: TopicPartition): void => {
      if (reader.member === undefined) reader.pending.push(at);
      else reader.member.seek(at, startAt);
    };
    reader.member = await log.join({
      group,
      topics: [topic],
      onAssigned: (partitions) => {
        for (const at of partitions) {
          reader.assigned.set(String(at.partition), at);
          reader.events.push(`+${at.partition}`);
          place(at);
        }
      },
      onLost: (partitions) => {
        for (const at of partitions) {
          reader.assigned.delete(String(at.partition));
          reader.events.push(`-${at.partition}`);
        }
      },
      onBatch: (batch) => {
        // Values are slices of a larger buffer.
        const records = batch.records.map((one) => ({ ...one, value: one.value && Buffer.from(one.value) }));
        reader.batches.push({ ...batch, records });
      },
      onDead: (error) => void reader.dead.push(error),
    });
    for (const at of reader.pending.splice(0)) reader.member.seek(at, startAt);
    return reader;
  }

  /** Values of one partition, in the order in which they came. */
  values(partition: number): string[] {
    return this.batches
      .filter((batch) => batch.partition === partition)
      .flatMap(({ records }) => records.map(({ value }) => value?.toString() ?? "(none)"));
  }

  get partitions(): number[] {
    return Array.from(this.assigned.values(), ({ partition }) => partition).toSorted((a, b) => a - b);
  }
}

/** `what`: is waited for. */
export function until(what: string, holds: () => boolean): Promise<void> {
  return pollUntil(holds, { deadlineMs: WAIT_MS, what });
}

export async function faultOf(call: Promise<unknown>): Promise<LogFault | "none"> {
  try {
    await call;
    return "none";
  } catch (error) {
    if (error instanceof LogError) return error.fault;
    throw error;
  }
}

/** As long as no broker answers. */
export async function again<Value>(call: () => Promise<Value>): Promise<Value> {
  const giveUpAt = performance.now() + WAIT_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof LogError) || error.fault === "refused" || performance.now() > giveUpAt) throw error;
    }
  }
}
