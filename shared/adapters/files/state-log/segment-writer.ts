// Frames to the end of the log: writes them whole or takes them back, begins new segments, and brings what is written to the disk.

import { StateLogError } from "../../../runtime/state-log.ts";
import type { Disk, SegmentFile } from "./disk.ts";
import type { FrameKind, Place } from "./frame.ts";
import { encodeSegmentHeader, isBefore, SEGMENT_HEADER_BYTES, sealFrame } from "./frame.ts";
import { segmentName } from "./segment-name.ts";
import { stateFault } from "./state-fault.ts";

interface OpenSegment {
  readonly number: number;
  readonly file: SegmentFile;
  end: number;
}

export class SegmentWriter {
  /** All before it is on disk. */
  synced: Place = { segment: 0, offset: 0 };
  private readonly disk: Disk;
  private readonly segmentBytes: number;
  private nextFrame: number;
  private current: OpenSegment | undefined;
  /** Full, and perhaps not yet on disk. */
  private full: OpenSegment[] = [];
  private isFolderSynced = false;

  constructor(disk: Disk, segmentBytes: number, nextFrame: number) {
    this.disk = disk;
    this.segmentBytes = segmentBytes;
    this.nextFrame = nextFrame;
  }

  get end(): Place {
    return this.current === undefined
      ? { segment: 0, offset: 0 }
      : { segment: this.current.number, offset: this.current.end };
  }

  /** Goes on at the end of the last of the segments that are there, given by number and bytes. Throws StateLogError. */
  async resume(segments: Iterable<readonly [number: number, bytes: number]>): Promise<void> {
    for (const [number, end] of segments) {
      // Whoever wrote the others may have been killed before they were on disk.
      if (this.current !== undefined) this.full.push(this.current);
      try {
        this.current = { number, end, file: await this.disk.open(segmentName(number)) };
      } catch (error) {
        throw stateFault(this.disk.pathOf(segmentName(number)), error);
      }
    }
  }

  /** Begins segment `number`; the one before stays open until it is on disk. Throws StateLogError; then it has not begun. */
  async begin(number: number): Promise<void> {
    const name = segmentName(number);
    let file: SegmentFile | undefined;
    try {
      file = await this.disk.create(name);
      await writeWhole(file, encodeSegmentHeader(number, this.nextFrame), 0);
    } catch (error) {
      const fault = stateFault(this.disk.pathOf(name), error);
      await file?.close();
      if (file !== undefined) await this.takeBack(fault, () => this.disk.remove(name));
      throw fault;
    }
    if (this.current !== undefined) this.full.push(this.current);
    this.current = { number, file, end: SEGMENT_HEADER_BYTES };
    this.isFolderSynced = false;
  }

  /** True when the frame should begin a new segment. */
  isFullFor(frame: Buffer): boolean {
    const end = this.current?.end ?? Number.POSITIVE_INFINITY;
    return end > SEGMENT_HEADER_BYTES && end + frame.length > this.segmentBytes;
  }

  /** Writes a frame that holds room for its header; returns where it stands. Throws StateLogError; then nothing of it is there, or the log is at its end (`failed`). */
  async write(frame: Buffer, kind: FrameKind): Promise<Place> {
    const { current } = this;
    if (current === undefined) throw new StateLogError("misuse", "the state log is not open");
    const place = { segment: current.number, offset: current.end };
    sealFrame(frame, { kind, number: this.nextFrame, place, synced: this.synced });
    try {
      await writeWhole(current.file, frame, place.offset);
    } catch (error) {
      const fault = stateFault(this.disk.pathOf(segmentName(current.number)), error);
      await this.takeBack(fault, () => current.file.truncate(place.offset));
      throw fault;
    }
    current.end += frame.length;
    this.nextFrame += 1;
    return place;
  }

  /** Brings all that was written by now to the disk; writing may go on meanwhile. Throws what the operating system says. */
  async sync(): Promise<void> {
    const { current } = this;
    const target = this.end;
    if (current === undefined || (this.isFolderSynced && !isBefore(this.synced, target))) return;
    const full = this.full.slice();
    for (const { file } of full) await file.datasync();
    await current.file.datasync();
    if (!this.isFolderSynced) {
      // A segment that begins meanwhile is for the next time.
      this.isFolderSynced = true;
      await this.disk.syncFolder();
    }
    this.synced = target;
    this.full = this.full.filter((one) => !full.includes(one));
    for (const { file } of full) await file.close();
  }

  async close(): Promise<void> {
    for (const { file } of [...this.full, ...(this.current === undefined ? [] : [this.current])]) await file.close();
    this.full = [];
    this.current = undefined;
  }

  /** Undoes what was half done for want of room; where that fails, the log is at its end. */
  private async takeBack(fault: StateLogError, undo: () => Promise<void>): Promise<void> {
    try {
      await undo();
    } catch {
      throw new StateLogError("failed", `${fault.message} (and what was half written could not be taken back)`);
    }
  }
}

/** A disk that fills up takes a part, and says so only when it is asked again. */
async function writeWhole(file: SegmentFile, bytes: Buffer, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at), offset + at);
}
