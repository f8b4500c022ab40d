// a slice of a ListMemory <-> `list/ID/N`: a byte for the version, one for the size of the table as a power of two, then the persons
// who belong into the slice, 12 bytes each, low end first: both halves of the hash, seconds. A slice is 256 slots: 3 KiB at most,
// but for a table into which somebody made hashes fall.

import { eachInSlice, enterHashes, type ListMemory, memoryOfSize, memorySlots } from "../list-memory.ts";
import { StateEntryError } from "./state-entry-error.ts";

const VERSION = 1;
const HEAD_BYTES = 2;
const PERSON_BYTES = 12;

export function storedSlice(memory: ListMemory, slice: number): Buffer {
  const words: number[] = [];
  eachInSlice(memory, slice, (high, low, seconds) => words.push(high, low, seconds));
  const value = Buffer.allocUnsafe(HEAD_BYTES + words.length * 4);
  value[0] = VERSION;
  value[1] = Math.round(Math.log2(memorySlots(memory)));
  let at = HEAD_BYTES;
  for (const word of words) at = value.writeUInt32LE(word, at);
  return value;
}

/** The memory that all these slices make. */
export function readMemory(slices: readonly { readonly key: string; readonly value: Buffer }[]): ListMemory {
  let size = 0;
  let persons = 0;
  for (const slice of slices) {
    size = Math.max(size, sizeOf(slice));
    persons += (slice.value.length - HEAD_BYTES) / PERSON_BYTES;
  }
  const memory = memoryOfSize(2 ** size);
  const [first] = slices;
  if (first !== undefined && persons >= 2 ** size) throw new StateEntryError("damaged", first.key, "size");
  for (const { value } of slices) {
    for (let at = HEAD_BYTES; at < value.length; at += PERSON_BYTES) {
      enterHashes(memory, value.readUInt32LE(at), value.readUInt32LE(at + 4), value.readUInt32LE(at + 8));
    }
  }
  return memory;
}

function sizeOf({ key, value }: { readonly key: string; readonly value: Buffer }): number {
  const [version, size = 0] = value;
  if (version !== VERSION) throw new StateEntryError("unknown-version", key, `version ${version ?? "none"}`);
  if (size > 24 || (value.length - HEAD_BYTES) % PERSON_BYTES !== 0)
    throw new StateEntryError("damaged", key, "length");
  return size;
}
