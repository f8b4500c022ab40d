// The port of a partitioned log (Kafka, or the one in memory): groups that share out partitions, and writers that fence each other.
//
// A partition is read in order by whoever the group gave it to. What is read is taken at once; who cannot take more pauses the
// partition. Positions are the reader's own matter: a partition stands still until it is told where to begin (`seek`).

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** One record that was read. Key and value are slices of a larger buffer: copy what is kept. */
export interface LogRecord {
  readonly offset: number;
  readonly key: Buffer | undefined;
  /** Undefined: a tombstone. */
  readonly value: Buffer | undefined;
  /** As the topic has it: append time, or the producer's; ms since the epoch. */
  readonly timestampMs: number;
}

/** What one fetch brought of one partition, in order. */
export interface LogBatch extends TopicPartition {
  readonly records: readonly LogRecord[];
  /** Where to go on: behind the last record, and what the log keeps for itself behind it. */
  readonly nextOffset: number;
  /** End of the partition when this was fetched: offset of the next record that is written. */
  readonly endOffset: number;
}

export interface NewRecord extends TopicPartition {
  readonly key: Buffer | string | undefined;
  /** Undefined: a tombstone. */
  readonly value: Buffer | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Why the log cannot do what was asked:
 * - `fenced`: another writer has this id now.
 * - `unknown`: whether it was written is not known, or the writer cannot go on; a new one with the same id can, and settles it.
 * - `unreachable`: no broker answers; it may later.
 * - `refused`: rights, credentials, a topic that is missing, a record that is too large: trying again changes nothing.
 */
export type LogFault = "fenced" | "unknown" | "unreachable" | "refused";

/** The message is one line for a person. */
export class LogError extends Error {
  override readonly name = "LogError";
  readonly fault: LogFault;

  constructor(fault: LogFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export interface TransactionalWriter {
  /** All of them or none, in order within a partition; one call at a time. Rejects with LogError; after that the writer is of no more use. */
  write(records: readonly NewRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface PlainWriter {
  /** Resolves when all are written. Rejects with LogError: any part of them may have been written; write them again. */
  write(records: readonly NewRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface GroupOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Partitions that were not this member's before. They stand still until `seek`. */
  readonly onAssigned: (partitions: readonly TopicPartition[]) => void;
  /** They are, or may be, another's now. */
  readonly onLost: (partitions: readonly TopicPartition[]) => void;
  /** What was fetched; called again when it has returned. To take less, pause the partition. */
  readonly onBatch: (batch: LogBatch) => void;
  /** The member is of no more use: end the process. */
  readonly onDead: (error: LogError) => void;
}

export interface GroupMember {
  /** Reads from that offset on, or from the first that is still there. A paused partition stays paused. */
  seek(at: TopicPartition, offset: number): void;
  pause(at: TopicPartition): void;
  resume(at: TopicPartition): void;
  /** For displays of lag only, and for readers that keep no position of their own. Never rejects: what is not committed now is with the next call. */
  commit(at: TopicPartition, offset: number): Promise<void>;
  /**
   * How long ago a fetch began of which all has been given since, ms: what stood in the member's partitions then, and in none that was paused
   * or told where to begin meanwhile, has been read. Infinite: none is known. While the group finds itself anew nothing is fetched.
   */
  sinceReadMs(): number;
  /** Offset committed last by any member; undefined: none. Rejects with LogError. */
  committed(at: TopicPartition): Promise<number | undefined>;
  /** Leaves the group, so that others take over at once. */
  leave(): Promise<void>;
}

export interface PartitionEnds {
  /** Offset of the first record that is still there. */
  readonly first: number;
  /** Offset of the next record that is written. */
  readonly end: number;
}

export interface TopicLog {
  /** Number of partitions; undefined where there is no such topic. Rejects with LogError. */
  partitionsOf(topic: string): Promise<number | undefined>;
  /** Of each partition, by its number. Rejects with LogError. */
  endsOf(topic: string): Promise<readonly PartitionEnds[]>;
  /** Offset of the first record whose timestamp is not before; the end where there is none, undefined where that is not known. Rejects with LogError. */
  offsetAt(at: TopicPartition, timestampMs: number): Promise<number | undefined>;
  /** Takes the id over: who had it before can write no more, and what it had begun counts as not written. Rejects with LogError. */
  openWriter(id: string): Promise<TransactionalWriter>;
  /** Rejects with LogError. */
  openPlainWriter(): Promise<PlainWriter>;
  /**
   * Reads a partition from its beginning up to the record that `isLast` knows, and it included; whole transactions only. One read
   * of a partition at a time. Rejects with LogError.
   */
  readBack(
    at: TopicPartition,
    isLast: (record: LogRecord) => boolean,
    onRecord: (record: LogRecord) => void,
  ): Promise<void>;
  /** Makes ready to read a topic back, where that takes time. Rejects with LogError. */
  prepareReadBack(topic: string): Promise<void>;
  /** Rejects with LogError. */
  join(options: GroupOptions): Promise<GroupMember>;
  /** Closes all that is still open. */
  close(): Promise<void>;
}
