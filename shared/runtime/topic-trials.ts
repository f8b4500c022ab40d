// The port of whoever tries out, without harm, what may be done with topics: nothing that others read changes, no group is disturbed.

import type { LogError, LogRecord } from "./topic-log.ts";

export interface NewestRecord extends LogRecord {
  readonly partition: number;
}

export interface NewestRecords {
  /** The last few of each partition, copied. */
  readonly records: readonly NewestRecord[];
  /** Why some cannot be unpacked; nothing else was read then. */
  readonly undecodable: string | undefined;
}

export interface WriteTrial {
  readonly topic: string;
  /** Undefined: it was written, and taken back. */
  readonly fault: LogError | undefined;
  /** When the broker took it, by its clock, ms; undefined where the topic does not say. */
  readonly appendedAtMs: number | undefined;
  /** When it was sent and answered, by ours, ms. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}

export interface TopicTrials {
  /** Logs in. `host:port` of all brokers, as they tell clients to call them. Rejects with LogError. */
  brokers(): Promise<readonly string[]>;
  /** Asks where a group stands. Rejects with LogError. */
  askGroup(group: string, topic: string): Promise<void>;
  /** Reads as a member of a new group whose name begins with `group`, and commits nothing. Rejects with LogError. */
  readNewest(topic: string, group: string): Promise<NewestRecords>;
  /**
   * Writes a record to the first partition of each topic, each in a transaction of its own, and takes it back: who reads whole
   * transactions only never sees it. Rejects with LogError where transactions of this id cannot be had.
   */
  writeAndTakeBack(id: string, topics: readonly string[]): Promise<readonly WriteTrial[]>;
  close(): Promise<void>;
}
