// The layout of a segment: a header, then frames. A frame is one append with everything it says under one checksum.
//
//   segment header, 24 bytes      frame header, 40 bytes                       entry, 7 bytes + key + value
//    0  magic "squallSL"           0  magic "SqFr"                              0  1 put, 2 forget
//    8  version                    4  version, kind, 0, 0                       1  length of the key (2 bytes)
//   12  number of the segment      8  length of what follows the header         3  length of the value
//   16  number of its first frame 12  segment and                               7  key (UTF-8), value
//       (8 bytes)                 16  offset up to which all was on disk
//       ...                           for certain when this was written
//                                 20  own segment and
//                                 24  own offset
//                                 28  number of the frame (8 bytes)
//                                 36  CRC-32 of what follows, then of bytes 0 to 35
//
// All numbers are unsigned, least byte first. The magic and the version of a segment stand where they stand in every version.

import { crc32 } from "node:zlib";
import type { StateEntry } from "../../../runtime/state-log.ts";

export const FORMAT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 24;
export const FRAME_HEADER_BYTES = 40;
export const ENTRY_HEADER_BYTES = 7;

const SEGMENT_MAGIC = Buffer.from("squallSL", "latin1");
const FRAME_MAGIC = Buffer.from("SqFr", "latin1");
const TWO_32 = 2 ** 32;

/** `flush`: an append. `copy`: entries of an old segment, kept. `drop`: the segments before the one named are not needed from here on. `mark`: nothing. */
export const FRAME_KINDS = { flush: 1, copy: 2, drop: 3, mark: 4 } as const;
export type FrameKind = keyof typeof FRAME_KINDS;

export const PUT = 1;
const FORGET = 2;

/** A place in the log. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
}

export function isBefore(one: Place, other: Place): boolean {
  return one.segment < other.segment || (one.segment === other.segment && one.offset < other.offset);
}

export interface Frame {
  readonly kind: FrameKind;
  /** All frames of a log are numbered on. */
  readonly number: number;
  readonly place: Place;
  /** All before it was on disk when this frame was written. */
  readonly synced: Place;
  /** Where its entries begin and end in the segment. */
  readonly start: number;
  readonly end: number;
}

export function encodeSegmentHeader(segment: number, firstFrame: number): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  SEGMENT_MAGIC.copy(header);
  header.writeUInt32LE(FORMAT_VERSION, 8);
  header.writeUInt32LE(segment, 12);
  writeLong(header, firstFrame, 16);
  return header;
}

export interface SegmentHeader {
  readonly version: number;
  readonly segment: number;
  readonly firstFrame: number;
}

/** Undefined when the bytes do not begin as a segment does. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, 8).equals(SEGMENT_MAGIC)) return undefined;
  return { version: bytes.readUInt32LE(8), segment: bytes.readUInt32LE(12), firstFrame: readLong(bytes, 16) };
}

/** Room for the header of the frame, then the entries; `sealFrame` fills the header in. */
export function encodeEntries(entries: readonly StateEntry[]): Buffer {
  let bytes = FRAME_HEADER_BYTES;
  for (const { key, value } of entries) bytes += ENTRY_HEADER_BYTES + Buffer.byteLength(key) + (value?.length ?? 0);
  const frame = Buffer.allocUnsafe(bytes);
  let at = FRAME_HEADER_BYTES;
  for (const { key, value } of entries) {
    const keyBytes = frame.write(key, at + ENTRY_HEADER_BYTES);
    frame[at] = value === undefined ? FORGET : PUT;
    frame.writeUInt16LE(keyBytes, at + 1);
    frame.writeUInt32LE(value?.length ?? 0, at + 3);
    at += ENTRY_HEADER_BYTES + keyBytes;
    if (value === undefined) continue;
    value.copy(frame, at);
    at += value.length;
  }
  return frame;
}

export interface FrameSeal {
  readonly kind: FrameKind;
  readonly number: number;
  readonly place: Place;
  readonly synced: Place;
}

/** Fills in the header of a frame that holds room for it and what it says. */
export function sealFrame(frame: Buffer, { kind, number, place, synced }: FrameSeal): void {
  FRAME_MAGIC.copy(frame);
  frame.writeUInt32LE(FORMAT_VERSION + FRAME_KINDS[kind] * 256, 4);
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES, 8);
  frame.writeUInt32LE(synced.segment, 12);
  frame.writeUInt32LE(synced.offset, 16);
  frame.writeUInt32LE(place.segment, 20);
  frame.writeUInt32LE(place.offset, 24);
  writeLong(frame, number, 28);
  frame.writeUInt32LE(checksum(frame, 0, frame.length), 36);
}

/** The frame at `place` of a segment that was read whole; undefined when none stands there whole and sound. */
export function frameAt(bytes: Buffer, place: Place): Frame | undefined {
  const { offset } = place;
  const start = offset + FRAME_HEADER_BYTES;
  if (start > bytes.length || !hasMagic(bytes, offset)) return undefined;
  const kind = kindOf(bytes[offset + 5]);
  const end = start + bytes.readUInt32LE(offset + 8);
  if (kind === undefined || bytes[offset + 4] !== FORMAT_VERSION || end > bytes.length) return undefined;
  if (bytes.readUInt32LE(offset + 20) !== place.segment || bytes.readUInt32LE(offset + 24) !== offset) return undefined;
  if (bytes.readUInt32LE(offset + 36) !== checksum(bytes, offset, end)) return undefined;
  const synced = { segment: bytes.readUInt32LE(offset + 12), offset: bytes.readUInt32LE(offset + 16) };
  return { kind, number: readLong(bytes, offset + 28), place, synced, start, end };
}

/** The next place from `from` on where a frame may begin; -1 when there is none. */
export function nextMagic(bytes: Buffer, from: number): number {
  return bytes.indexOf(FRAME_MAGIC, from);
}

function hasMagic(bytes: Buffer, at: number): boolean {
  return bytes.compare(FRAME_MAGIC, 0, 4, at, at + 4) === 0;
}

function kindOf(code: number | undefined): FrameKind | undefined {
  switch (code) {
    case FRAME_KINDS.flush:
      return "flush";
    case FRAME_KINDS.copy:
      return "copy";
    case FRAME_KINDS.drop:
      return "drop";
    case FRAME_KINDS.mark:
      return "mark";
    default:
      return undefined;
  }
}

function checksum(bytes: Buffer, start: number, end: number): number {
  return crc32(bytes.subarray(start, start + 36), crc32(bytes.subarray(start + FRAME_HEADER_BYTES, end)));
}

function writeLong(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32LE(value % TWO_32, at);
  bytes.writeUInt32LE(Math.floor(value / TWO_32), at + 4);
}

function readLong(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * TWO_32;
}
