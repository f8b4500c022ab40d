// How far squall itself is behind -> points among the others.

import type { PointWriter } from "../../shared/runtime/point-writer.ts";
import { lagRecords, type PartitionRead } from "./batch/partition-read.ts";
import { lagPoint } from "./points/lag-point.ts";
import type { RecordingLoop } from "./recording-loop-shell.ts";

export class OwnLag {
  private readonly writer: PointWriter;
  private readonly windowsTopic: string;

  constructor(writer: PointWriter, windowsTopic: string) {
    this.writer = writer;
    this.windowsTopic = windowsTopic;
  }

  /** `nowMs`: our own clock. */
  add(read: PartitionRead, { filling, oldestMs }: Pick<RecordingLoop, "filling" | "oldestMs">, nowMs: number): void {
    const { topic, partition } = read;
    const lag = { topic, partition, lagRecords: lagRecords(read), oldestMs };
    const { line, identity } = this.writer.lineOf(lagPoint(lag, nowMs));
    const point = { line, bytes: Buffer.byteLength(line) + 1, origin: undefined, encode: () => line };
    filling.addPoint(identity, point, nowMs);
  }

  /** A line that every bucket takes. */
  knownGood(oldestMs: number | undefined, nowMs: number): string {
    const lag = { topic: this.windowsTopic, partition: 0, lagRecords: 0, oldestMs };
    return this.writer.lineOf(lagPoint(lag, nowMs)).line;
  }
}
