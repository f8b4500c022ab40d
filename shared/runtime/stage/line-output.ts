// Lines for the partitions of one topic -> records of many lines each: a record costs more than a line.

import type { NewRecord } from "../topic-log.ts";

/** A record that has so much takes no further line. */
const RECORD_CHARS = 65_536;

export class LineOutput {
  readonly partitions: number;
  /** Lines written so far. */
  lines = 0;
  private readonly topic: string;
  private readonly waiting: string[][];
  private readonly chars: number[];
  private readonly full: { readonly partition: number; readonly lines: readonly string[] }[] = [];

  constructor(topic: string, partitions: number) {
    this.topic = topic;
    this.partitions = partitions;
    this.waiting = Array.from({ length: partitions }, () => []);
    this.chars = Array.from({ length: partitions }, () => 0);
  }

  add(partition: number, line: string): void {
    const lines = this.waiting[partition];
    if (lines === undefined) throw new Error(`${this.topic} has no partition ${partition}`);
    this.lines += 1;
    lines.push(line);
    const chars = (this.chars[partition] ?? 0) + line.length + 1;
    this.chars[partition] = chars;
    if (chars >= RECORD_CHARS) this.close(partition, lines);
  }

  /** The records of all lines added since the last call, in order within a partition. */
  drain(put: (record: NewRecord) => void): void {
    for (const [partition, lines] of this.waiting.entries()) if (lines.length > 0) this.close(partition, lines);
    const { topic } = this;
    for (const { partition, lines } of this.full.splice(0)) {
      put({ topic, partition, key: undefined, value: Buffer.from(`${lines.join("\n")}\n`) });
    }
  }

  private close(partition: number, lines: readonly string[]): void {
    this.full.push({ partition, lines });
    this.waiting[partition] = [];
    this.chars[partition] = 0;
  }
}
