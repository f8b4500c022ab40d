// What cannot be used -> a record of a dead letter topic that says from where and why.

import type { NewRecord, TopicPartition } from "./topic-log.ts";

/** A record of Kafka has about 1 MB with its headers; a longer value is cut, and its length told. */
export const DEAD_LETTER_BYTES_MAX = 900_000;

export interface DeadLetterSource {
  /** Where the record goes. */
  readonly to: TopicPartition;
  /** What was read. */
  readonly from: TopicPartition;
  readonly offset: number;
  readonly reason: string;
  /** More than the reason; "": there is no more. */
  readonly detail?: string;
  readonly value: Buffer;
  /** Its length where it was cut before. */
  readonly bytes?: number;
  /** Of squall. */
  readonly version: string;
}

export function deadLetterRecord(source: DeadLetterSource): NewRecord {
  const { to, from, offset, reason, detail = "", value, bytes = value.length, version } = source;
  const isCut = bytes > DEAD_LETTER_BYTES_MAX;
  return {
    topic: to.topic,
    partition: to.partition,
    key: undefined,
    value: isCut ? value.subarray(0, DEAD_LETTER_BYTES_MAX) : value,
    headers: {
      topic: from.topic,
      partition: String(from.partition),
      offset: String(offset),
      reason,
      ...(detail === "" ? {} : { detail }),
      ...(isCut ? { bytes: String(bytes) } : {}),
      version,
    },
  };
}
