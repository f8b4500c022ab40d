// What can never be stored -> a record of the dead letter topic that says what, from where and why.

import type { DecodeReason } from "../../../shared/domain/decode-fault.ts";
import { deadLetterTopic } from "../../../shared/domain/topics.ts";
import type { Origin } from "./partition-read.ts";

/** `refused`: InfluxDB does not take the point; `detail` is what it says. */
export type DeadLetterReason = DecodeReason | "not-utf8" | "refused";

export interface DeadLetter {
  readonly origin: Origin;
  readonly reason: DeadLetterReason;
  readonly detail: string;
  /** The line as it was read, or as it would be written. */
  readonly value: Buffer;
}

export interface DeadLetterRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: undefined;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record of Kafka has about 1 MB with its headers; a longer line is cut, and its length told. */
const VALUE_BYTES_MAX = 900_000;

/** `partitions`: of the dead letter topic. `version`: squall's. */
export function deadLetterRecord(letter: DeadLetter, partitions: number, version: string): DeadLetterRecord {
  const { origin, reason, detail, value } = letter;
  const { topic, partition } = origin.read;
  const isCut = value.length > VALUE_BYTES_MAX;
  return {
    topic: deadLetterTopic(topic),
    partition: partition % partitions,
    key: undefined,
    value: isCut ? value.subarray(0, VALUE_BYTES_MAX) : value,
    headers: {
      topic,
      partition: `${partition}`,
      offset: `${origin.offset}`,
      reason,
      ...(detail === "" ? {} : { detail }),
      ...(isCut ? { bytes: `${value.length}` } : {}),
      version,
    },
  };
}
