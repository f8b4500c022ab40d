// The files of the log and what counts in them: flushes go in at the end, the oldest segment is cleaned and dropped, so that the
// log is never much longer than twice what counts.

import { Cleaner } from "./cleaner.ts";
import type { Disk } from "./disk.ts";
import { eachEntry } from "./entry.ts";
import type { Place } from "./frame.ts";
import { FRAME_HEADER_BYTES, frameAt, isBefore, SEGMENT_HEADER_BYTES } from "./frame.ts";
import type { KeyIndex } from "./key-index.ts";
import type { RecoveredLog } from "./recover.ts";
import { segmentName } from "./segment-name.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { stateFault } from "./state-fault.ts";
import type { StateLogSettings, StateLogSize } from "./state-log-settings.ts";

/** A segment that is not needed from `place` on. */
interface Dropped {
  readonly segment: number;
  readonly bytes: number;
  readonly place: Place;
  readonly sinceMs: number;
}

export class LogSpace {
  copiedBytes = 0;
  readonly index: KeyIndex;
  private readonly disk: Disk;
  private readonly settings: StateLogSettings;
  private readonly writer: SegmentWriter;
  /** Bytes by number of the segments that are needed, in order; those of the last one are the writer's. */
  private readonly segments = new Map<number, number>();
  private readonly dropped: Dropped[] = [];
  /** Of the segments before the last one that are needed. */
  private closedBytes = 0;
  private cleaner: Cleaner | undefined;

  constructor(disk: Disk, settings: StateLogSettings, { index, nextFrame }: RecoveredLog) {
    this.disk = disk;
    this.settings = settings;
    this.index = index;
    this.writer = new SegmentWriter(disk, settings.segmentBytes, nextFrame);
  }

  /** Throws StateLogError; then nothing is open. */
  async open(recovered: RecoveredLog): Promise<void> {
    try {
      await this.goOn(recovered);
    } catch (error) {
      await this.writer.close();
      throw error;
    }
  }

  private async goOn({ segments, firstNeeded, leftOver }: RecoveredLog): Promise<void> {
    for (const segment of leftOver) this.drop(segment, 0, Number.NEGATIVE_INFINITY);
    const last = Array.from(segments).at(-1);
    if (last === undefined) await this.begin(firstNeeded);
    else await this.writer.resume(segments);
    for (const [segment, bytes] of segments) {
      // Whoever dropped it is gone, and so is its time to wait: a squall that is killed every few seconds must not pile them up.
      if (segment < firstNeeded) this.drop(segment, bytes, Number.NEGATIVE_INFINITY);
      else this.segments.set(segment, bytes);
      if (segment >= firstNeeded && segment !== last?.[0]) this.closedBytes += bytes;
    }
  }

  get size(): StateLogSize {
    let bytes = this.neededBytes();
    for (const one of this.dropped) bytes += one.bytes;
    const { keys, liveBytes } = this.index;
    return { keys, liveBytes, bytes, segments: this.segments.size + this.dropped.length };
  }

  /** Segments wait to be removed. */
  get hasDropped(): boolean {
    return this.dropped.length > 0;
  }

  knows(key: string): boolean {
    const bytes = Buffer.from(key);
    return this.index.has({ bytes, start: 0, end: bytes.length });
  }

  /** One append; `frame` holds the entries behind room for its header. Throws StateLogError; then nothing of it counts. */
  async append(frame: Buffer): Promise<void> {
    if (this.writer.isFullFor(frame)) await this.begin(this.writer.end.segment + 1);
    this.enter(frame, await this.writer.write(frame, "flush"));
  }

  /** There is more to clean than may stay; where room is needed, nearly all of it is too much. */
  isLong(isRoomNeeded: boolean): boolean {
    if (this.segments.size < 2) return false;
    // What was begun is brought to its end.
    if (this.cleaner !== undefined) return true;
    const { liveBytes } = this.index;
    const { segmentBytes, slackBytes } = this.settings;
    // Not all: to write all that counts again and again would free nothing.
    const most = isRoomNeeded ? 1.25 * liveBytes + 2 * segmentBytes : 2 * liveBytes + slackBytes;
    return this.neededBytes() > Math.min(most, 2 * liveBytes + slackBytes);
  }

  /** Cleans a slice of the oldest segment. Throws StateLogError; then nothing has changed. */
  async clean(): Promise<void> {
    const oldest = this.segments.keys().next().value;
    if (oldest === undefined || oldest === this.writer.end.segment) return;
    this.cleaner ??= await Cleaner.start(this.disk, oldest, this.index);
    const { frame, isLast } = this.cleaner.next();
    if (frame !== undefined) {
      if (this.writer.isFullFor(frame)) await this.begin(this.writer.end.segment + 1);
      this.enter(frame, await this.writer.write(frame, "copy"));
      this.copiedBytes += frame.length;
    }
    this.cleaner.done();
    if (isLast) await this.dropOldest(oldest);
  }

  /** Brings all that was written by now to the disk, then removes what is not needed any more. Throws StateLogError. */
  async sync(isRoomNeeded: boolean): Promise<void> {
    try {
      await this.writer.sync();
      const until = isRoomNeeded ? Number.POSITIVE_INFINITY : this.settings.nowMs() - this.settings.keepDroppedMs;
      for (let first = this.dropped[0]; first !== undefined; first = this.dropped[0]) {
        if (first.sinceMs > until || !isBefore(first.place, this.writer.synced)) break;
        await this.disk.remove(segmentName(first.segment));
        // One after the other: a segment that comes back after a power cut must not lack the one behind it.
        await this.disk.syncFolder();
        this.dropped.shift();
      }
    } catch (error) {
      throw stateFault(this.disk.pathOf(""), error);
    }
  }

  async read(onEntry: (key: string, value: Buffer) => void): Promise<void> {
    for (const segment of this.segments.keys()) {
      const bytes = await this.disk.read(segmentName(segment)).catch((error: unknown) => {
        throw stateFault(this.disk.pathOf(segmentName(segment)), error);
      });
      let at = SEGMENT_HEADER_BYTES;
      for (
        let frame = frameAt(bytes, { segment, offset: at });
        frame;
        frame = frameAt(bytes, { segment, offset: at })
      ) {
        at = frame.end;
        if (frame.kind === "drop" || frame.kind === "mark") continue;
        eachEntry(bytes, frame.start, frame.end, (entry) => {
          const { isPut, offset, start, end, valueEnd } = entry;
          if (!isPut || !this.index.isAt(entry, segment, offset)) return;
          onEntry(bytes.toString("utf8", start, end), Buffer.from(bytes.subarray(end, valueEnd)));
        });
      }
    }
  }

  /** Brings all to the disk and says so in the log: whatever is found wrong in it later is damage. */
  async close(isSound: boolean): Promise<void> {
    try {
      if (isSound) {
        await this.writer.sync();
        await this.writer.write(Buffer.alloc(FRAME_HEADER_BYTES), "mark");
      }
    } catch (error) {
      throw stateFault(this.disk.pathOf(""), error);
    } finally {
      await this.writer.close();
    }
  }

  /** Enters what a frame says, by where it was written. */
  private enter(frame: Buffer, { segment, offset }: Place): void {
    eachEntry(frame, FRAME_HEADER_BYTES, frame.length, (entry) => {
      if (entry.isPut) this.index.put(entry, segment, offset + entry.offset, entry.valueEnd - entry.offset);
      else this.index.forget(entry);
    });
  }

  private neededBytes(): number {
    return this.closedBytes + this.writer.end.offset;
  }

  private async begin(segment: number): Promise<void> {
    const { end } = this.writer;
    await this.writer.begin(segment);
    this.segments.set(segment, this.writer.end.offset);
    if (end.segment === 0) return;
    this.segments.set(end.segment, end.offset);
    this.closedBytes += end.offset;
  }

  private async dropOldest(segment: number): Promise<void> {
    const frame = Buffer.alloc(FRAME_HEADER_BYTES + 4);
    frame.writeUInt32LE(segment + 1, FRAME_HEADER_BYTES);
    await this.writer.write(frame, "drop");
    this.cleaner = undefined;
    const bytes = this.segments.get(segment) ?? 0;
    this.segments.delete(segment);
    this.closedBytes -= bytes;
    this.drop(segment, bytes, this.settings.nowMs());
  }

  private drop(segment: number, bytes: number, sinceMs: number): void {
    // The frame that says so ends where the log ends now: it is on disk once that is.
    const { segment: at, offset } = this.writer.end;
    const place = { segment: at, offset: Math.max(offset - 1, 0) };
    this.dropped.push({ segment, bytes, place, sinceMs });
  }
}
