// What waits to be stored -> InfluxDB, one batch at a time, then dead letters, then offsets.

import type { Clock } from "../../shared/runtime/clock.ts";
import type { BatchWriter } from "./batch-writer-shell.ts";
import type { RefusedLine } from "./batch/batch-work.ts";
import type { DeadLetter } from "./batch/dead-letter.ts";
import type { PartitionRead } from "./batch/partition-read.ts";
import { wasHandled } from "./batch/partition-read.ts";
import type { PendingPoint } from "./batch/pending-batch.ts";
import { PendingBatch } from "./batch/pending-batch.ts";
import type { LetterWriter } from "./letter-writer-shell.ts";
import type { RecordingBounds } from "./recording-bounds.ts";

export interface RecordingLoopOptions {
  readonly batches: BatchWriter;
  readonly letters: LetterWriter;
  readonly bounds: RecordingBounds;
  readonly clock: Clock;
  /** A line that every bucket takes. */
  readonly knownGood: () => string;
  /** All before the offset is stored. */
  readonly commit: (read: PartitionRead, offset: number) => Promise<void>;
  /** There is room again after isFull. */
  readonly onRoom: () => void;
}

export class RecordingLoop {
  /** To be added to; then call filled(). */
  filling = new PendingBatch();
  /** Nothing more should be read for now. */
  isFull = false;
  private readonly options: RecordingLoopOptions;
  private writing: PendingBatch | undefined;
  private turn: Promise<void> = Promise.resolve();
  private givingUp = new AbortController();
  private cancelTimer: () => void = () => undefined;
  private isDraining = false;

  constructor(options: RecordingLoopOptions) {
    this.options = options;
  }

  get isEmpty(): boolean {
    return this.filling.isEmpty && this.writing === undefined;
  }

  /** Points and dead letters that are held. */
  get size(): number {
    return this.filling.size + (this.writing?.size ?? 0);
  }

  get bytes(): number {
    return this.filling.bytes + (this.writing?.bytes ?? 0);
  }

  /** Time of the oldest record that is held, as its topic has it; undefined: none is. */
  get oldestMs(): number | undefined {
    return this.writing?.oldestMs ?? this.filling.oldestMs;
  }

  filled(): void {
    const { batchPoints, batchBytes, waitingBatches } = this.options.bounds;
    const { size, bytes } = this.filling;
    if (size >= batchPoints * waitingBatches || bytes >= batchBytes * waitingBatches) this.isFull = true;
    this.pump();
  }

  /** Points of the partition are being written. */
  isWriting(read: PartitionRead | undefined): boolean {
    return read !== undefined && this.writing?.offsets().has(read) === true;
  }

  /** Another has the partition now. What is under way goes on; its offset is not committed. */
  drop(read: PartitionRead): void {
    this.filling.drop(read);
  }

  /** Forgets all that waits, what is being written too. */
  forget(): void {
    this.givingUp.abort();
    this.givingUp = new AbortController();
    this.filling = new PendingBatch();
    this.makeRoom();
  }

  /** Writes all that waits, without waiting for more. True when it is stored; false when the signal was faster. */
  async drain(signal: AbortSignal): Promise<boolean> {
    this.isDraining = true;
    const giveUp = (): void => this.givingUp.abort();
    signal.addEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
    for (this.pump(); this.writing !== undefined; this.pump()) await this.turn;
    signal.removeEventListener("abort", giveUp);
    this.cancelTimer();
    return !this.givingUp.signal.aborted;
  }

  private pump(): void {
    this.cancelTimer();
    const { sinceMs, size, bytes } = this.filling;
    if (this.writing !== undefined || sinceMs === undefined || this.givingUp.signal.aborted) return;
    const { bounds, clock } = this.options;
    const waitMs = sinceMs + bounds.batchMs - clock.nowMs();
    if (!this.isDraining && size < bounds.batchPoints && bytes < bounds.batchBytes && waitMs > 0) {
      this.cancelTimer = clock.after(waitMs, () => this.pump());
      return;
    }
    this.writing = this.filling;
    this.filling = new PendingBatch();
    this.makeRoom();
    this.turn = this.writeOut(this.writing, this.givingUp.signal).finally(() => {
      this.writing = undefined;
      this.pump();
    });
  }

  private makeRoom(): void {
    if (!this.isFull) return;
    this.isFull = false;
    this.options.onRoom();
  }

  private async writeOut(batch: PendingBatch, signal: AbortSignal): Promise<void> {
    const { batches, letters, knownGood, commit } = this.options;
    const points = batch.points();
    const lines = points.map(({ line }) => line);
    const refused = await batches.write({ lines, lineBytes: points.map(({ bytes }) => bytes), knownGood, signal });
    if (refused === undefined) return;
    const all = [...batch.letters, ...refused.flatMap((one) => refusedLetters(points[one.index], one))];
    if (!(await letters.write(all, signal))) return;
    for (const [read, offset] of batch.offsets()) {
      if (read.isLost) continue;
      read.storedOffset = offset;
      if (offset > read.floor) await commit(read, offset);
    }
  }
}

/** None for a point of our own, nor for one that was told in this way before. */
function refusedLetters(point: PendingPoint | undefined, { detail }: RefusedLine): DeadLetter[] {
  if (point?.origin === undefined || wasHandled(point.origin)) return [];
  return [{ origin: point.origin, reason: "refused", detail, value: Buffer.from(point.encode()) }];
}
