// Entries within a frame of a segment, read in place.

import { ENTRY_HEADER_BYTES, PUT } from "./frame.ts";

/** One entry: `key` is text, the rest are places in the bytes that were read. */
export interface EntryAt {
  readonly isPut: boolean;
  readonly key: string;
  readonly offset: number;
  readonly valueStart: number;
  readonly end: number;
}

/** Length of the entry at `at` with its header; undefined when it does not end within `end`. */
export function entryBytes(bytes: Buffer, at: number, end: number): number | undefined {
  if (at + ENTRY_HEADER_BYTES > end) return undefined;
  const length = ENTRY_HEADER_BYTES + bytes.readUInt16LE(at + 1) + bytes.readUInt32LE(at + 3);
  return at + length > end ? undefined : length;
}

/** Calls `onEntry` for each entry from `start` on that ends within `end`; returns where it stopped. */
export function eachEntry(bytes: Buffer, start: number, end: number, onEntry: (entry: EntryAt) => void): number {
  let at = start;
  for (let length = entryBytes(bytes, at, end); length !== undefined; length = entryBytes(bytes, at, end)) {
    const keyStart = at + ENTRY_HEADER_BYTES;
    const valueStart = keyStart + bytes.readUInt16LE(at + 1);
    const key = bytes.toString("utf8", keyStart, valueStart);
    onEntry({ isPut: bytes[at] === PUT, key, offset: at, valueStart, end: at + length });
    at += length;
  }
  return at;
}
