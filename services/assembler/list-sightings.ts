// what the log says of a mail's addresses -> the lists it may have gone through, and how each is known.

import { decodeHeaderValue } from "../../shared/domain/encoded-words.ts";
import { hasUnprintable } from "../../shared/domain/printable-text.ts";
import type { ListSighting } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";

/** An alias is a list when it stands behind many deliveries, or behind more than half of those of its mail. */
const SEEN_MIN = 20;

/** "All Staff <all-staff.lists.example.org>" -> "all-staff.lists.example.org". */
function idOfListId(value: string): string | undefined {
  const decoded = decodeHeaderValue(value);
  const open = decoded.lastIndexOf("<");
  const close = decoded.indexOf(">", open);
  const id = (open >= 0 && close > open ? decoded.slice(open + 1, close) : decoded).trim().toLowerCase();
  return id === "" || id.length > 320 || /[\s<>?]/.test(id) || hasUnprintable(id) ? undefined : id;
}

/** A List-Id is an address with a dot for the "@": the address itself where the mail names it, else by the first dot. */
function addressOfListId(id: string, named: readonly string[]): string {
  if (id.includes("@")) return id;
  return named.find((address) => address.replace("@", ".") === id) ?? id.replace(".", "@");
}

const NONE: readonly ListSighting[] = [];

/** `attempts`: delivery lines so far. */
export function listSightings(said: MailFragment, attempts: number): readonly ListSighting[] {
  const { origTo, expandedTo, headerTo, headers } = said;
  const listId = headers?.["list-id"];
  if (origTo === undefined && expandedTo === undefined && headerTo === undefined && listId === undefined) return NONE;
  const sightings: ListSighting[] = [];
  const add = (address: string, via: ListSighting["via"]): void => {
    if (!sightings.some((known) => known.address === address)) sightings.push({ address, via });
  };
  for (const { address, seen } of origTo ?? []) {
    if (seen >= SEEN_MIN || seen * 2 > attempts) add(address.toLowerCase(), "orig_to");
  }
  const expanded = (expandedTo ?? []).map((address) => address.toLowerCase());
  const id = listId === undefined ? undefined : idOfListId(listId);
  if (id !== undefined) {
    const named = [...sightings.map(({ address }) => address), ...expanded];
    if (headerTo !== undefined) named.push(headerTo.toLowerCase());
    add(addressOfListId(id, named), "list-id");
  }
  for (const address of expanded.toSorted()) add(address, "expanded");
  if (headerTo !== undefined) add(headerTo.toLowerCase(), "header");
  return sightings.toSorted((a, b) => (a.address < b.address ? -1 : 1));
}
