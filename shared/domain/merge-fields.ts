// Commutative ways to join two words on one thing: whichever comes first, the result is the same.

import type { Expansion, SeenAddress } from "./mail-fragment.ts";
import { ADDRESSES_MAX, EXPANSIONS_MAX } from "./mail-fragment.ts";

/** The lesser of two strings by code unit; a conflict is rare, and must not depend on who spoke first. */
export function lesser(known: string | undefined, said: string): string {
  return known === undefined || said < known ? said : known;
}

/** Counts an address; beyond the bound the greatest by code unit gives way, so the kept set does not depend on order. */
export function countAddress(seen: SeenAddress[], address: string, times: number): void {
  const known = seen.find((entry) => entry.address === address);
  if (known !== undefined) {
    known.seen += times;
    return;
  }
  seen.push({ address, seen: times });
  if (seen.length > ADDRESSES_MAX) dropGreatest(seen, (entry) => entry.address);
}

/** Adds to a set of addresses, bounded in the same way. */
export function addAddress(set: string[], address: string, max = ADDRESSES_MAX): void {
  if (set.includes(address)) return;
  set.push(address);
  if (set.length > max) dropGreatest(set, (entry) => entry);
}

/**
 * Adds a group's members: said again, they are the same. Beyond the bound the smallest gives way, of equals the greatest by code unit:
 * what is kept depends on the members told, not on their order.
 */
export function addExpansion(set: Expansion[], address: string, members: number): void {
  const known = set.find((entry) => entry.address === address);
  if (known !== undefined) {
    known.members = Math.max(known.members, members);
    return;
  }
  set.push({ address, members });
  if (set.length > EXPANSIONS_MAX) dropSmallest(set);
}

function dropSmallest(set: Expansion[]): void {
  let smallest = 0;
  set.forEach((entry, index) => {
    const other = set[smallest] ?? entry;
    const isSmaller = entry.members < other.members;
    if (isSmaller || (entry.members === other.members && entry.address > other.address)) smallest = index;
  });
  set.splice(smallest, 1);
}

function dropGreatest<T>(entries: T[], nameOf: (entry: T) => string): void {
  let greatest = 0;
  entries.forEach((entry, index) => {
    if (nameOf(entry) > nameOf(entries[greatest] ?? entry)) greatest = index;
  });
  entries.splice(greatest, 1);
}
