// One partition in the hands of one process: state read back, then folded and flushed until it is lost.
//
// A flush holds what the fold has to say, the entries that changed and the position, written whole or not at all. What is read
// while one is being written belongs to the next. After a flush that failed nothing here can be relied on: the task is over, and
// whoever made it takes the partition over anew.

import type { LogBatch, NewRecord, TopicPartition } from "../topic-log.ts";
import type { StateEntry } from "../state-log.ts";
import type { TopicStateLog } from "../topic-state-log.ts";
import { madeAnew } from "./partition-faults.ts";
import type { PartitionFold } from "./partition-fold.ts";
import { POSITION_KEY, type PartitionPosition, positionValue } from "./partition-position.ts";
import { type Restored, takeOver, type TakenOver, type TakeOverOptions } from "./taken-over.ts";

/** What is taken while a flush is being written, before the partition is paused. */
const UNFLUSHED_BYTES_MAX = 8 * 1024 * 1024;

/** In a backlog, of records that waited longer, nobody waits for a tenth of a second: fewer flushes are most of what a broker is spared. */
const BEHIND_MS = 5_000;
const BEHIND_FLUSH_MS = 500;
/** What a fold has under way may end within this, before the last flush. */
const CLOSE_GRACE_MS = 3_000;

export interface PartitionTaskOptions extends TakeOverOptions {
  readonly flushEveryMs: number;
  /** As the group's member has it. */
  readonly sinceReadMs: () => number;
  readonly onFlushed: (tookMs: number) => void;
  /** Said once, with the fold as it is then. */
  readonly onGone?: (fold: PartitionFold) => void;
  /** More was taken than is good, or that is over. */
  readonly onPressure: (isHigh: boolean) => void;
  /** A flush failed, or the fold threw in it. Said once; nothing more is taken. */
  readonly onBroken: (task: PartitionTask, error: unknown) => void;
}

export interface PartitionEnds {
  /** Offset of the first record, and of the one that is written next. */
  readonly first: number;
  readonly end: number;
  /** When they were asked for, by the clock that only goes forward: what was written since is not known. */
  readonly askedAtMs: number;
}

export class PartitionTask {
  readonly at: TopicPartition;
  readonly fold: PartitionFold;
  readonly restored: Restored;
  /** Offset of the next record to be taken. */
  nextOffset: number;
  /** What a takeover would go on from; undefined before the first flush. */
  flushedOffset: number | undefined;
  /** End of the partition, as far as it is known. */
  endOffset = 0;
  /** When it was last moved on, by the clock that only goes forward. */
  movedAtMs: number;
  isOver = false;
  private begunAtMs = Number.NaN;
  private resumedAtMs = Number.NaN;
  private readonly options: PartitionTaskOptions;
  private readonly state: TopicStateLog;
  /** As it was last drained. */
  private drained: Pick<PartitionPosition, "offset" | "readTo">;
  private readonly readTo: number;
  private flushing: Promise<void> | undefined;
  private flushedAtMs: number;
  private unflushedBytes = 0;
  /** When the last record that was taken was written, ms since the epoch. */
  private appendedAtMs = Number.POSITIVE_INFINITY;
  private isHigh = false;

  private constructor(options: PartitionTaskOptions, { state, fold, position, restored }: TakenOver) {
    this.options = options;
    this.at = options.at;
    this.state = state;
    this.fold = fold;
    this.restored = restored;
    this.nextOffset = position?.offset ?? 0;
    this.drained = position ?? { offset: -1, readTo: -1 };
    this.readTo = position?.readTo ?? 0;
    this.flushedOffset = position?.offset;
    this.movedAtMs = options.monotonicMs();
    this.flushedAtMs = this.movedAtMs;
  }

  /** Fences who had the partition, and reads its state back. Rejects with StateLogError, and with what the fold throws. */
  static async takeOver(options: PartitionTaskOptions): Promise<PartitionTask> {
    return new PartitionTask(options, await takeOver(options));
  }

  get isCaughtUp(): boolean {
    return this.nextOffset >= this.endOffset && !this.isHigh;
  }

  /** Where the partition begins and ends now. Returns how many records were deleted before they were read. Throws StateLogError. */
  begin({ first, end, askedAtMs }: PartitionEnds): number {
    if (end < this.readTo) throw madeAnew(this.at, this.readTo, end);
    this.begunAtMs = askedAtMs;
    this.resumedAtMs = this.begunAtMs;
    const missed = Math.max(0, first - this.nextOffset);
    this.nextOffset += missed;
    this.endOffset = end;
    return this.flushedOffset === undefined ? 0 : missed;
  }

  /**
   * By the clock that says `nowMs`. A read that began before the partition was placed, or resumed, had nothing of it. When the task began the
   * partition's end was asked for: that counts as a read.
   */
  private readToMs(nowMs: number): number {
    if (!this.isCaughtUp) return Number.NEGATIVE_INFINITY;
    const sinceReadMs = this.options.sinceReadMs();
    const sinceResumedMs = this.options.monotonicMs() - this.resumedAtMs;
    // Whole: it becomes a time of the state.
    if (sinceReadMs <= sinceResumedMs) return Math.floor(nowMs - sinceReadMs);
    return this.resumedAtMs === this.begunAtMs ? Math.floor(nowMs - sinceResumedMs) : Number.NEGATIVE_INFINITY;
  }

  take(batch: LogBatch): void {
    if (this.isOver) return;
    this.fold.take(batch);
    this.nextOffset = batch.nextOffset;
    this.endOffset = Math.max(this.endOffset, batch.endOffset);
    this.movedAtMs = this.options.monotonicMs();
    for (const { value } of batch.records) this.unflushedBytes += value?.length ?? 0;
    this.appendedAtMs = batch.records.at(-1)?.timestampMs ?? this.appendedAtMs;
    this.press();
    if (this.fold.isUrgent || this.unflushedBytes > UNFLUSHED_BYTES_MAX) void this.flush();
  }

  /** Time passes; flushes what is due. */
  tick(nowMs: number): void {
    if (this.isOver) return;
    this.fold.advance(nowMs, this.readToMs(nowMs));
    const isBehind = !this.isCaughtUp && nowMs - this.appendedAtMs > BEHIND_MS;
    const everyMs = Math.max(this.options.flushEveryMs, isBehind ? BEHIND_FLUSH_MS : 0);
    const isDue = this.options.monotonicMs() - this.flushedAtMs >= everyMs;
    if (isDue || this.fold.isUrgent) void this.flush();
  }

  /** Writes what there is, after a flush that is being written. Never rejects: see onBroken. */
  async flush(): Promise<void> {
    if (this.flushing !== undefined || this.isOver) return this.flushing;
    const content = this.content();
    if (content === undefined || content.outputs.length + content.entries.length === 0) return;
    this.flushing = this.write(content);
    await this.flushing;
  }

  /** The last flush, where the partition is still ours; then nothing more is written. */
  async close(flushes: boolean): Promise<void> {
    if (!flushes) this.isOver = true;
    this.options.onGone?.(this.fold);
    try {
      await this.fold.close?.(flushes ? CLOSE_GRACE_MS : 0);
      if (flushes) {
        await this.flushing;
        await this.flush();
      }
    } finally {
      this.isOver = true;
      await this.state.close();
    }
  }

  private content(): Drained | undefined {
    try {
      return this.drain();
    } catch (error) {
      this.breakOff(error);
      return undefined;
    }
  }

  private drain(): Drained {
    const outputs: NewRecord[] = [];
    const entries: StateEntry[] = [];
    this.fold.drain({
      output: (record) => void outputs.push(record),
      entry: (key, value) => void entries.push({ key, value }),
    });
    const readTo = Math.max(this.nextOffset, this.readTo);
    const offset = Math.min(this.fold.heldFrom ?? this.nextOffset, this.nextOffset);
    if (offset !== this.drained.offset || readTo !== this.drained.readTo) {
      this.drained = { offset, readTo };
      const value = positionValue({ offset, readTo, of: this.options.partitions });
      entries.push({ key: POSITION_KEY, value });
    }
    return { outputs, entries };
  }

  private async write({ entries, outputs }: Drained): Promise<void> {
    const { monotonicMs, onFlushed } = this.options;
    const startedMs = monotonicMs();
    const { offset } = this.drained;
    this.flushedAtMs = startedMs;
    this.unflushedBytes = 0;
    try {
      await this.state.flush(entries, outputs);
      this.flushedOffset = offset;
      if (!this.isOver) this.fold.flushed();
    } catch (error) {
      this.breakOff(error);
    } finally {
      this.flushing = undefined;
    }
    if (this.isOver) return;
    onFlushed(monotonicMs() - startedMs);
    this.press();
    if (this.fold.isUrgent) void this.flush();
  }

  private breakOff(error: unknown): void {
    this.isOver = true;
    this.options.onBroken(this, error);
  }

  private press(): void {
    const isHigh = this.flushing !== undefined && this.unflushedBytes > UNFLUSHED_BYTES_MAX;
    if (isHigh === this.isHigh) return;
    this.isHigh = isHigh;
    if (!isHigh) this.resumedAtMs = this.options.monotonicMs();
    this.options.onPressure(isHigh);
  }
}

interface Drained {
  readonly outputs: readonly NewRecord[];
  readonly entries: readonly StateEntry[];
}
