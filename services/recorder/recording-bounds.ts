// How much is gathered before it is written, how long it waits, and what is held at most.

import type { DelayBounds } from "../../shared/domain/retry-delay.ts";

export interface RecordingBounds extends DelayBounds {
  /** A batch goes out when it has so many points or bytes, or is so old. */
  readonly batchPoints: number;
  readonly batchBytes: number;
  readonly batchMs: number;
  /** While one batch is being written the next one grows up to so many times that; then reading pauses. */
  readonly waitingBatches: number;
  /** What a server may ask for by Retry-After at most. */
  readonly retryAfterMaxMs: number;
  /** How far before the committed offset reading begins: that mends what a process wrote last that had lost the partition. */
  readonly rewindMs: number;
  /** The same for alerts, which are few: who was watched is to be known again, in a storm that has lasted for hours. */
  readonly alertsRewindMs: number;
  /** A process that stood still for so long has perhaps lost its partitions: it reads again from before. */
  readonly stoodStillMs: number;
}

export const defaultRecordingBounds: RecordingBounds = {
  batchPoints: 5_000,
  batchBytes: 2_000_000,
  batchMs: 1_000,
  waitingBatches: 2,
  delayMs: 1_000,
  delayMaxMs: 60_000,
  retryAfterMaxMs: 600_000,
  rewindMs: 900_000,
  alertsRewindMs: 86_400_000,
  stoodStillMs: 10_000,
};
