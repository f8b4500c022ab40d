// The segments of a folder -> what counts of them: the index of the last values, and where the log goes on.
//
//   what stands at a place where a frame should          then
//   nothing sound, and nothing sound behind it           the torn end that a kill or a full disk leaves: cut off and counted
//   nothing sound, sound frames behind it, and one of    damage: refused
//     them says that the place was on disk for certain
//   the same, and none says so                           a power cut when a stretch of it is missing (zeros, or the file
//                                                        ends): cut off with all behind it and counted; else damage: refused

import { StateLogError } from "../../../runtime/state-log.ts";
import { eachEntry } from "./entry.ts";
import type { Disk } from "./disk.ts";
import type { Frame, Place } from "./frame.ts";
import {
  decodeSegmentHeader,
  FORMAT_VERSION,
  FRAME_HEADER_BYTES,
  frameAt,
  isBefore,
  nextMagic,
  SEGMENT_HEADER_BYTES,
} from "./frame.ts";
import { KeyIndex } from "./key-index.ts";
import { segmentName, segmentsAmong } from "./segment-name.ts";
import { stateFault } from "./state-fault.ts";

/** What was found torn and cut off at the end of the log. */
export interface CutOff {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
  /** Whole flushes behind the place; only after a power cut. */
  readonly flushes: number;
}

export interface RecoveredLog {
  readonly index: KeyIndex;
  /** Bytes of each segment by number, in order; the last one goes on. */
  readonly segments: Map<number, number>;
  /** Segments before this one are not needed. */
  readonly firstNeeded: number;
  readonly nextFrame: number;
  readonly cutOff: CutOff | undefined;
  /** Segments that are not needed and lack one behind them. */
  readonly leftOver: readonly number[];
}

/** Reads every segment and cuts a torn end off. Throws StateLogError. */
export async function recoverLog(disk: Disk): Promise<RecoveredLog> {
  const all = segmentsAmong(await withFault(disk, "", () => disk.names()));
  // What stands before a gap was dropped, or the first one needed is missing.
  const start = all.findLastIndex((number, at) => at > 0 && number !== (all[at - 1] ?? 0) + 1);
  const numbers = all.slice(Math.max(start, 0));
  const reading = new Reading(disk, numbers);
  const cutOff = await reading.read();
  const { index, segments, firstNeeded, nextFrame } = reading;
  const first = numbers[0];
  if (first !== undefined && first > firstNeeded) throw missing(disk, first - 1);
  index.forgetBefore(firstNeeded);
  return { index, segments, firstNeeded, nextFrame, cutOff, leftOver: all.slice(0, Math.max(start, 0)) };
}

class Reading {
  readonly index = new KeyIndex();
  readonly segments = new Map<number, number>();
  firstNeeded = 1;
  nextFrame = 1;
  private readonly disk: Disk;
  private readonly numbers: readonly number[];

  constructor(disk: Disk, numbers: readonly number[]) {
    this.disk = disk;
    this.numbers = numbers;
  }

  async read(): Promise<CutOff | undefined> {
    let end: Place | undefined;
    for (const segment of this.numbers) {
      const bytes = await readSegment(this.disk, segment);
      if (isHeaderTorn(bytes)) return this.cutOrRefuse({ segment, offset: 0 });
      // Frames are missing at the end of the segment before.
      if (this.firstFrameOf(segment, bytes) !== this.nextFrame) return this.cutOrRefuse(end ?? { segment, offset: 0 });
      end = this.follow(bytes, { segment, offset: SEGMENT_HEADER_BYTES });
      if (end.offset < bytes.length) return this.cutOrRefuse(end);
      this.segments.set(segment, bytes.length);
    }
    return undefined;
  }

  /** Throws for a header that is not ours. */
  private firstFrameOf(segment: number, bytes: Buffer): number {
    const header = decodeSegmentHeader(bytes);
    const path = this.disk.pathOf(segmentName(segment));
    if (header === undefined) throw damaged(path, 0, "it does not begin as a state file of squall does");
    if (header.version > FORMAT_VERSION) {
      const known = `this squall knows formats up to ${FORMAT_VERSION}`;
      const text = `${path}: written by a newer squall (format ${header.version}; ${known}): start that one, or name another folder with --state`;
      throw new StateLogError("version", text);
    }
    if (header.version < 1 || header.segment !== segment) throw damaged(path, 0, "its header is not that of this file");
    if (this.segments.size === 0) this.nextFrame = header.firstFrame;
    return header.firstFrame;
  }

  /** Takes in the sound frames from `place` on; returns where they end. */
  private follow(bytes: Buffer, place: Place): Place {
    let offset = place.offset;
    for (;;) {
      const frame = frameAt(bytes, { segment: place.segment, offset });
      if (frame === undefined || frame.number !== this.nextFrame) return { segment: place.segment, offset };
      this.take(bytes, frame);
      this.nextFrame += 1;
      offset = frame.end;
    }
  }

  private take(bytes: Buffer, { kind, place, start, end }: Frame): void {
    if (kind === "drop") this.firstNeeded = Math.max(this.firstNeeded, bytes.readUInt32LE(start));
    if (kind === "drop" || kind === "mark") return;
    const { segment } = place;
    const stopped = eachEntry(bytes, start, end, (entry) => {
      if (entry.isPut) this.index.put(entry, segment, entry.offset, entry.valueEnd - entry.offset);
      else this.index.forget(entry);
    });
    if (stopped === end) return;
    throw damaged(this.disk.pathOf(segmentName(segment)), stopped, "an entry goes on behind its end");
  }

  /** Cuts the log off at `place`, or throws when what is behind it shows that this is not the end of what was written. */
  private async cutOrRefuse(place: Place): Promise<CutOff> {
    const path = this.disk.pathOf(segmentName(place.segment));
    const behind = await this.lookBehind(place);
    if (behind.flushes > 0 && (isBefore(place, behind.synced) || !behind.isHole)) {
      const proof = `${behind.flushes} whole entries stand behind it`;
      throw damaged(path, place.offset, `what stands here is not what was written, and ${proof}`);
    }
    await withFault(this.disk, segmentName(place.segment), () => this.cut(place));
    return { path, offset: place.offset, bytes: behind.bytes, flushes: behind.flushes };
  }

  private async lookBehind(place: Place): Promise<Behind> {
    const behind: Behind = { flushes: 0, synced: { segment: 0, offset: 0 }, bytes: 0, isHole: false };
    for (const segment of this.numbers) {
      if (segment < place.segment) continue;
      const bytes = await readSegment(this.disk, segment);
      const from = segment === place.segment ? place.offset : 0;
      behind.bytes += bytes.length - from;
      const found = soundFrames(bytes, segment, from);
      if (segment === place.segment && found.length === 0 && endsEarly(bytes, from)) behind.isHole = true;
      if (behind.flushes === 0 && hasHole(bytes, from, found[0]?.place.offset ?? bytes.length)) behind.isHole = true;
      behind.flushes += found.length;
      for (const { synced } of found) if (isBefore(behind.synced, synced)) behind.synced = synced;
    }
    return behind;
  }

  private async cut(place: Place): Promise<void> {
    // A segment without its header is none.
    const last = place.offset < SEGMENT_HEADER_BYTES ? place.segment - 1 : place.segment;
    for (const segment of this.numbers.toReversed()) {
      if (segment > last) await this.disk.remove(segmentName(segment));
    }
    if (last === place.segment) {
      const file = await this.disk.open(segmentName(last));
      try {
        await file.truncate(place.offset);
        await file.datasync();
      } finally {
        await file.close();
      }
      this.segments.set(last, place.offset);
    }
    await this.disk.syncFolder();
  }
}

/** What stands behind a place without a sound frame. */
interface Behind {
  flushes: number;
  synced: Place;
  bytes: number;
  isHole: boolean;
}

function soundFrames(bytes: Buffer, segment: number, from: number): Frame[] {
  const found: Frame[] = [];
  for (let at = nextMagic(bytes, from); at >= 0;) {
    const frame = frameAt(bytes, { segment, offset: at });
    if (frame !== undefined) found.push(frame);
    at = nextMagic(bytes, frame?.end ?? at + 1);
  }
  return found;
}

/** Made, and killed before its first bytes were there; or they never reached the disk. */
function isHeaderTorn(bytes: Buffer): boolean {
  return bytes.length < SEGMENT_HEADER_BYTES || isZero(bytes, 0, SEGMENT_HEADER_BYTES);
}

/** The file ends where it should go on, or within a frame. */
function endsEarly(bytes: Buffer, from: number): boolean {
  if (from + FRAME_HEADER_BYTES > bytes.length) return true;
  return nextMagic(bytes, from) === from && from + FRAME_HEADER_BYTES + bytes.readUInt32LE(from + 8) > bytes.length;
}

/** Disks write in blocks of 512 bytes or a multiple; what was never written reads as zeros. */
const SECTOR_BYTES = 512;

function hasHole(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to;) {
    const next = Math.min((Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES, bytes.length);
    if (next <= to && isZero(bytes, at, next)) return true;
    at = next;
  }
  return false;
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}

async function readSegment(disk: Disk, segment: number): Promise<Buffer> {
  const name = segmentName(segment);
  return withFault(disk, name, () => disk.read(name));
}

async function withFault<T>(disk: Disk, name: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw stateFault(disk.pathOf(name), error);
  }
}

function damaged(path: string, offset: number, what: string): StateLogError {
  const way = "take the folder back from a copy, or name another one with --state (squall then begins anew)";
  return new StateLogError("damaged", `${path}: damaged at byte ${offset}: ${what}: ${way}`);
}

function missing(disk: Disk, segment: number): StateLogError {
  const why = "it was deleted, or the folder was copied while squall was at work on it";
  return new StateLogError("damaged", `${disk.pathOf(segmentName(segment))}: is missing: ${why}: copy it again`);
}
