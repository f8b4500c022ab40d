// What a record of a slab says of a mail that a moderator or a filter put on hold, in one integer that the larger word replaces:
// 0 nothing, HELD, from RELEASED on the time of its release, ms after the slice's start.

import { type FragmentSlab, HOLD } from "./fragment-slab.ts";

const HELD = 1;
const RELEASED = 2;

export function noteHeld(slab: FragmentSlab, record: number): void {
  note(slab, record, HELD);
}

/** `at`: ms after the slice's start. */
export function noteReleased(slab: FragmentSlab, record: number, at: number): void {
  note(slab, record, at + RELEASED);
}

/** The mail was put on hold, or released from it. */
export function isHeld(slab: FragmentSlab, record: number): boolean {
  return slab.number(record, HOLD) !== 0;
}

/** When the mail was released, ms since the epoch; undefined where nothing is known. */
export function releasedAt(slab: FragmentSlab, record: number): number | undefined {
  const said = slab.number(record, HOLD);
  return said < RELEASED ? undefined : slab.startMs + said - RELEASED;
}

function note(slab: FragmentSlab, record: number, said: number): void {
  if (said > slab.number(record, HOLD)) slab.numbers[record + HOLD] = said;
}
