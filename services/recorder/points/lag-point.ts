// How far one partition is behind -> its point. Its time is rounded down, so that it is one point however often it is made.

import type { Point } from "./point.ts";
import { pointOf } from "./point.ts";

export const LAG_EVERY_MS = 10_000;

export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly lagRecords: number;
  /** When the oldest record that was read and is not stored was written to its topic, ms since the epoch; undefined: none waits. */
  readonly oldestMs: number | undefined;
}

export function lagPoint({ topic, partition, lagRecords, oldestMs }: PartitionLag, nowMs: number): Point {
  const lagSeconds = oldestMs === undefined ? 0 : Math.max(0, nowMs - oldestMs) / 1000;
  return pointOf(
    "squall_lag",
    { topic, partition: `${partition}` },
    { lag_records: lagRecords, lag_seconds: lagSeconds },
    nowMs - (nowMs % LAG_EVERY_MS),
  );
}
