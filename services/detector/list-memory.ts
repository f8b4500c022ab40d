// person -> when that person first wrote to one list. An open-addressing table, 12 bytes a slot: 64-bit hash, seconds.

import { hashText } from "./text-hash.ts";

const SLOT_WORDS = 3;
const FIRST_SLOTS = 8;
const FULL = 0.75;

export interface ListMemory {
  slots: Uint32Array;
  persons: number;
}

/** Of all lists to which nobody wrote yet: never written to. */
const NO_SLOTS = new Uint32Array(SLOT_WORDS);

export function createListMemory(): ListMemory {
  return { slots: NO_SLOTS, persons: 0 };
}

/** Event time of the person's first message, to the second; undefined for a stranger. */
export function firstSeenAt(memory: ListMemory, person: string): number | undefined {
  const { high, low } = hashText(person);
  const seconds = memory.slots[find(memory.slots, high, low) + 2] ?? 0;
  return seconds === 0 ? undefined : seconds * 1000;
}

/** Remembers a message at `at`; an earlier one than the known first takes its place. True for a stranger. */
export function rememberPerson(memory: ListMemory, person: string, at: number): boolean {
  const { high, low } = hashText(person);
  const seconds = Math.max(1, Math.floor(at / 1000));
  if (memory.slots === NO_SLOTS) memory.slots = new Uint32Array(FIRST_SLOTS * SLOT_WORDS);
  const offset = find(memory.slots, high, low);
  const known = memory.slots[offset + 2] ?? 0;
  if (known !== 0) {
    if (seconds < known) memory.slots[offset + 2] = seconds;
    return false;
  }
  memory.slots[offset] = high;
  memory.slots[offset + 1] = low;
  memory.slots[offset + 2] = seconds;
  memory.persons += 1;
  if (memory.persons * SLOT_WORDS > memory.slots.length * FULL) memory.slots = grown(memory.slots);
  return true;
}

/** Slots whose persons are told together when one of them changes. */
const SLICE_SLOTS = 256;

type VisitPerson = (high: number, low: number, seconds: number) => void;

/** Slots of the table, a power of two. */
export function memorySlots(memory: ListMemory): number {
  return memory.slots.length / SLOT_WORDS;
}

/** An empty memory with a table of so many slots, a power of two. */
export function memoryOfSize(slots: number): ListMemory {
  return slots < FIRST_SLOTS ? createListMemory() : { slots: new Uint32Array(slots * SLOT_WORDS), persons: 0 };
}

/** Persons who belong into a slice. Some stand behind its end, where their slots were taken. */
export function eachInSlice(memory: ListMemory, slice: number, visit: VisitPerson): void {
  const { slots } = memory;
  const count = memorySlots(memory);
  const first = slice * SLICE_SLOTS;
  for (let step = 0; step < count; step += 1) {
    const offset = ((first + step) % count) * SLOT_WORDS;
    const seconds = slots[offset + 2] ?? 0;
    if (seconds === 0 && step >= SLICE_SLOTS) return;
    const low = slots[offset + 1] ?? 0;
    if (seconds !== 0 && Math.floor((low % count) / SLICE_SLOTS) === slice) visit(slots[offset] ?? 0, low, seconds);
  }
}

/** Enters a person who was read back. */
export function enterHashes(memory: ListMemory, high: number, low: number, seconds: number): void {
  const offset = find(memory.slots, high, low);
  if (memory.slots[offset + 2] === 0) memory.persons += 1;
  memory.slots[offset] = high;
  memory.slots[offset + 1] = low;
  memory.slots[offset + 2] = seconds;
}

/** Slices of the memory, by where in the table a person belongs; twice as many once it has grown. */
export function sliceCount(memory: ListMemory): number {
  return Math.ceil(memorySlots(memory) / SLICE_SLOTS);
}

export function sliceOf(memory: ListMemory, person: string): number {
  return Math.floor((hashText(person).low % memorySlots(memory)) / SLICE_SLOTS);
}

/** Offset of the person's slot, or of the free slot where it would stand. Seconds of 0 mean free. */
function find(slots: Uint32Array, high: number, low: number): number {
  const count = slots.length / SLOT_WORDS;
  let slot = low % count;
  for (;;) {
    const offset = slot * SLOT_WORDS;
    if (slots[offset + 2] === 0) return offset;
    if (slots[offset] === high && slots[offset + 1] === low) return offset;
    slot = slot + 1 === count ? 0 : slot + 1;
  }
}

function grown(old: Uint32Array): Uint32Array {
  const slots = new Uint32Array(old.length * 2);
  for (let offset = 0; offset < old.length; offset += SLOT_WORDS) {
    const seconds = old[offset + 2] ?? 0;
    if (seconds === 0) continue;
    const high = old[offset] ?? 0;
    const low = old[offset + 1] ?? 0;
    const place = find(slots, high, low);
    slots[place] = high;
    slots[place + 1] = low;
    slots[place + 2] = seconds;
  }
  return slots;
}
