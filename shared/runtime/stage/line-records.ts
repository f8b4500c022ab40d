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

/** Lines of one record that were refused for one reason: the first bytes of `room`. */
interface WaitingLetter {
  readonly offset: number;
  readonly reason: string;
  room: Buffer;
  /** More than there is room for: it was cut. */
  bytes: number;
}

const NEWLINE = 10;

/**
 * Dead letters of one partition of an input: they go to the partition of the same number, with the flush that moves behind them. Lines of
 * one record that are refused for one reason go together: a record of nothing but short nonsense would be a million letters.
 */
export class DeadLetterOutput {
  /** Lines by reason. */
  readonly counts = new Map<string, number>();
  private readonly topic: string;
  private readonly input: TopicPartition;
  private readonly version: string;
  /** By reason: the letter that the last line went to. */
  private readonly latest = new Map<string, WaitingLetter>();
  private waiting: WaitingLetter[] = [];

  /** `version`: of squall. */
  constructor(topic: string, input: TopicPartition, version: string) {
    this.topic = topic;
    this.input = input;
    this.version = version;
  }

  /** `value` is copied, as much of it as a dead letter has. */
  add({ offset, reason, value }: DeadLetter): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    const known = this.latest.get(reason);
    if (known?.offset === offset && known.bytes + 1 + value.length <= DEAD_LETTER_BYTES_MAX) {
      append(known, value);
      return;
    }
    const room = Buffer.from(value.subarray(0, DEAD_LETTER_BYTES_MAX));
    const letter = { offset, reason, room, bytes: value.length };
    this.latest.set(reason, letter);
    this.waiting.push(letter);
  }

  drain(put: (record: NewRecord) => void): void {
    const { topic, input, version } = this;
    for (const { offset, reason, room, bytes } of this.waiting) {
      const to = { topic, partition: input.partition };
      put(deadLetterRecord({ to, from: input, offset, reason, value: room.subarray(0, bytes), bytes, version }));
    }
    this.waiting = [];
    this.latest.clear();
  }
}

function append(letter: WaitingLetter, line: Buffer): void {
  const end = letter.bytes + 1 + line.length;
  if (end > letter.room.length) {
    const room = Buffer.allocUnsafe(Math.min(Math.max(end, letter.room.length * 2), DEAD_LETTER_BYTES_MAX));
    letter.room.copy(room, 0, 0, letter.bytes);
    letter.room = room;
  }
  letter.room[letter.bytes] = NEWLINE;
  line.copy(letter.room, letter.bytes + 1);
  letter.bytes = end;
}
