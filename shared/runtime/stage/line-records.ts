// Records of many lines -> their lines, and dead letters for those that cannot be used.

import { DEAD_LETTER_BYTES_MAX, deadLetterRecord } from "../dead-letter-record.ts";
import type { LogBatch, NewRecord, TopicPartition } from "../topic-log.ts";

export interface ReadLine {
  readonly text: string;
  /** Of its record. */
  readonly offset: number;
  /** ms since the epoch. */
  readonly timestampMs: number;
}

/** Every line that is not empty. A tombstone has none. */
export function eachLine({ records }: LogBatch, visit: (line: ReadLine) => void): void {
  for (const { value, offset, timestampMs } of records) {
    if (value === undefined) continue;
    for (const text of value.toString("utf8").split("\n")) if (text !== "") visit({ text, offset, timestampMs });
  }
}

export interface DeadLetter {
  readonly offset: number;
  readonly reason: string;
  readonly value: Buffer;
}

/** Dead letters of one partition of an input: they go to the partition of the same number, with the flush that moves behind them. */
export class DeadLetterOutput {
  /** By reason. */
  readonly counts = new Map<string, number>();
  private readonly topic: string;
  private readonly input: TopicPartition;
  private readonly version: string;
  private waiting: DeadLetter[] = [];

  /** `version`: of squall. */
  constructor(topic: string, input: TopicPartition, version: string) {
    this.topic = topic;
    this.input = input;
    this.version = version;
  }

  /** `value` is copied, as much of it as a dead letter has. */
  add({ offset, reason, value }: DeadLetter): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    this.waiting.push({ offset, reason, value: Buffer.from(value.subarray(0, DEAD_LETTER_BYTES_MAX)) });
  }

  drain(put: (record: NewRecord) => void): void {
    const { topic, input, version } = this;
    for (const { offset, reason, value } of this.waiting) {
      const to = { topic, partition: input.partition };
      put(deadLetterRecord({ to, from: input, offset, reason, value, version }));
    }
    this.waiting = [];
  }
}
