// Entries within a frame, read in place.

import { ENTRY_HEADER_BYTES, PUT } from "./frame.ts";

/** One entry as places in the bytes that it was read from; the key begins at `start`. Good until the next one is read. */
export interface EntryAt {
  readonly bytes: Buffer;
  readonly isPut: boolean;
  readonly offset: number;
  readonly start: number;
  /** Where the key ends and the value begins. */
  readonly end: number;
  readonly valueEnd: number;
}

/** Length of the entry at `at` with its header; undefined when it does not end within `end`. */
export function entryBytes(bytes: Buffer, at: number, end: number): number | undefined {
  if (at + ENTRY_HEADER_BYTES > end) return undefined;
  const length = ENTRY_HEADER_BYTES + bytes.readUInt16LE(at + 1) + bytes.readUInt32LE(at + 3);
  return at + length > end ? undefined : length;
}

/** Calls `onEntry` for each entry from `from` on that ends within `to`; returns where it stopped. */
export function eachEntry(bytes: Buffer, from: number, to: number, onEntry: (entry: EntryAt) => void): number {
  const entry = { bytes, isPut: false, offset: 0, start: 0, end: 0, valueEnd: 0 };
  let at = from;
  for (let length = entryBytes(bytes, at, to); length !== undefined; length = entryBytes(bytes, at, to)) {
    entry.isPut = bytes[at] === PUT;
    entry.offset = at;
    entry.start = at + ENTRY_HEADER_BYTES;
    entry.end = entry.start + bytes.readUInt16LE(at + 1);
    entry.valueEnd = at + length;
    onEntry(entry);
    at += length;
  }
  return at;
}
