// What a stage does with one partition of its input: a fold, without I/O, that its shell feeds and whose word it carries.

import type { LogBatch, NewRecord } from "../topic-log.ts";

/** Where a fold puts what it has to say and what is to be kept of it. */
export interface FlushSink {
  /** A record of another topic. */
  readonly output: (record: NewRecord) => void;
  /** An entry of the state; undefined: forgotten. */
  readonly entry: (key: string, value: Buffer | undefined) => void;
}

export interface PartitionFold {
  /** Takes back one entry of the state, before anything is read. Throws for one that it cannot read. */
  restore(key: string, value: Buffer): void;
  /** All entries were given. Throws for a state that does not hold together. */
  restored(): void;
  /** Takes what was read. Throws only for what is wrong with itself: a record that cannot be read goes to the dead letters. */
  take(batch: LogBatch): void;
  /**
   * Time passes; about every 50 ms. `readToMs`: when, by the same clock, the partition held nothing that was not taken; -Infinity: it is
   * behind. What came since then is not known: while a group finds itself anew nothing is read.
   */
  advance(nowMs: number, readToMs: number): void;
  /** Tells what came since the last call, each once. All of it is written, or the fold is not used any more. */
  drain(sink: FlushSink): void;
  /** What could not be used. */
  readonly deadLetters?: { readonly counts: ReadonlyMap<string, number> };
  /** Offset of the first record of which something is not folded yet; undefined: none is. Reading goes on there after a takeover. */
  readonly heldFrom?: number | undefined;
  /** After `restored`: records before this offset were read before; of them only what was not folded is to be. */
  readAgain?(until: number): void;
  /** Something was decided that must not wait for others. */
  readonly isUrgent: boolean;
  /** What was drained is written. */
  flushed(): void;
  /**
   * Nothing more is taken. With grace, what is under way may end, ms: a last flush follows, and holds how it did. At once where the
   * partition is another's.
   */
  close?(graceMs: number): Promise<void>;
}
