// Records of many lines -> their lines, and dead letters for those that cannot be used.

import type { LogBatch, NewRecord } from "../topic-log.ts";

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

/** Lines shown in a dead letter whole; longer ones are cut, as the broker takes no longer record. */
const SHOWN_BYTES_MAX = 900_000;

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
  private readonly input: { readonly topic: string; readonly partition: number };
  private readonly version: string;
  private waiting: DeadLetter[] = [];

  /** `version`: of squall. */
  constructor(topic: string, input: { readonly topic: string; readonly partition: number }, version: string) {
    this.topic = topic;
    this.input = input;
    this.version = version;
  }

  /** `value` is copied. */
  add({ offset, reason, value }: DeadLetter): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    this.waiting.push({ offset, reason, value: Buffer.from(value.subarray(0, SHOWN_BYTES_MAX)) });
  }

  drain(put: (record: NewRecord) => void): void {
    const { topic, input, version } = this;
    for (const { offset, reason, value } of this.waiting) {
      put({
        topic,
        partition: input.partition,
        key: undefined,
        value,
        headers: {
          topic: input.topic,
          partition: String(input.partition),
          offset: String(offset),
          reason,
          version,
        },
      });
    }
    this.waiting = [];
  }
}
