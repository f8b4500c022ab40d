// Keeps the log short: what still counts in its oldest segment is written again at its end, a slice at a time; then the segment goes.
// Always the oldest: so a forgotten key needs no note once its segment's turn comes, for nothing older can bring it back.

import type { Disk } from "./disk.ts";
import { eachEntry, entryBytes } from "./entry.ts";
import type { Frame } from "./frame.ts";
import { FRAME_HEADER_BYTES, frameAt, SEGMENT_HEADER_BYTES } from "./frame.ts";
import type { KeyIndex } from "./key-index.ts";
import { segmentName } from "./segment-name.ts";
import { stateFault } from "./state-fault.ts";
import { StateLogError } from "../../../runtime/state-log.ts";

/** Looked through at a time: about a millisecond for small entries. */
const SLICE_BYTES = 131_072;

export interface Slice {
  /** Room for a frame's header, then the entries that still count; undefined when none does. */
  readonly frame: Buffer | undefined;
  /** Nothing of the segment is left to look at. */
  readonly isLast: boolean;
}

export class Cleaner {
  readonly segment: number;
  private readonly path: string;
  private readonly bytes: Buffer;
  private readonly index: KeyIndex;
  private frame: Frame | undefined;
  private offset = SEGMENT_HEADER_BYTES;

  private constructor(segment: number, path: string, bytes: Buffer, index: KeyIndex) {
    this.segment = segment;
    this.path = path;
    this.bytes = bytes;
    this.index = index;
  }

  static async start(disk: Disk, segment: number, index: KeyIndex): Promise<Cleaner> {
    const name = segmentName(segment);
    try {
      return new Cleaner(segment, disk.pathOf(name), await disk.read(name), index);
    } catch (error) {
      throw stateFault(disk.pathOf(name), error);
    }
  }

  /** The next entries that still count. The same again until `done` was called. Throws StateLogError when the segment is damaged. */
  next(): Slice {
    const pieces: Buffer[] = [Buffer.alloc(FRAME_HEADER_BYTES)];
    let at = this.offset;
    let frame = this.frame;
    const { segment, bytes, index } = this;
    for (const limit = at + SLICE_BYTES; at < bytes.length && at < limit;) {
      frame = frame !== undefined && at < frame.end ? frame : this.soundFrame(at);
      const from = Math.max(at, frame.start);
      at = frame.end;
      if (frame.kind === "drop" || frame.kind === "mark") continue;
      // One entry more than fits is better than none.
      const end = Math.min(frame.end, Math.max(limit, from + (entryBytes(bytes, from, frame.end) ?? 0)));
      at = eachEntry(bytes, from, end, (entry) => {
        if (!entry.isPut || !index.isAt(entry, segment, entry.offset)) return;
        pieces.push(bytes.subarray(entry.offset, entry.valueEnd));
      });
      if (end < frame.end) break;
    }
    this.following = { offset: at, frame };
    const frameNow = pieces.length > 1 ? Buffer.concat(pieces) : undefined;
    return { frame: frameNow, isLast: at >= bytes.length };
  }

  /** What `next` gave is written. */
  done(): void {
    if (this.following === undefined) return;
    this.offset = this.following.offset;
    this.frame = this.following.frame;
    this.following = undefined;
  }

  private following: { readonly offset: number; readonly frame: Frame | undefined } | undefined;

  private soundFrame(at: number): Frame {
    const frame = frameAt(this.bytes, { segment: this.segment, offset: at });
    if (frame !== undefined) return frame;
    throw new StateLogError(
      "damaged",
      `${this.path}: damaged at byte ${at}: what stands here now is not what was written`,
    );
  }
}
