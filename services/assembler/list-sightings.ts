// what the log says of a mail's addresses -> the lists it may have gone through, and how each is known.

import { decodeHeaderValue } from "../../shared/domain/encoded-words.ts";
import { hasUnprintable } from "../../shared/domain/printable-text.ts";
import type { ListSighting } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { ADDRESSES_MAX } from "../../shared/domain/mail-fragment.ts";
import { recipientsOf } from "./recipients.ts";

/** An alias is a list when it stands behind many deliveries, or behind more than half of those of its mail. */
const SEEN_MIN = 20;

const ADDRESS_CHARS_MAX = 320;

/** "All Staff <all-staff.lists.example.org>" -> "all-staff.lists.example.org". */
function idOfListId(value: string): string | undefined {
  const decoded = decodeHeaderValue(value);
  const open = decoded.lastIndexOf("<");
  const close = decoded.indexOf(">", open);
  const id = (open >= 0 && close > open ? decoded.slice(open + 1, close) : decoded).trim().toLowerCase();
  return id === "" || id.length > ADDRESS_CHARS_MAX || /[\s<>?]/.test(id) || hasUnprintable(id) ? undefined : id;
}

/** A List-Id is an address with a dot for the "@": the address itself where the mail names it, else by the first dot. */
function addressOfListId(id: string, named: readonly string[]): string {
  if (id.includes("@")) return id;
  return named.find((address) => address.replace("@", ".") === id) ?? id.replace(".", "@");
}

const NONE: readonly ListSighting[] = [];

/** Addresses of the envelope, in lower case; a quoted local part may hold a ";" of its own. */
function namedAtAcceptance(headerTo: string | undefined): string[] {
  if (headerTo === undefined) return [];
  const named = headerTo.toLowerCase();
  const addresses = named.includes('"') ? [named] : named.split(";");
  return addresses.filter((address) => address !== "" && address.length <= ADDRESS_CHARS_MAX);
}

/**
 * Groups that the mail was sent to, the largest first: those of its envelope, where that is known; the groups within them are a
 * server's matter. One of few members beside larger ones is none, like an alias, unless there are groups within: it may hold them.
 */
function groupsOf(said: MailFragment, named: readonly string[]): string[] {
  const expansions = said.expansions ?? [];
  const addressed = expansions.filter(({ address }) => named.includes(address));
  const isNested = addressed.length > 0 && addressed.length < expansions.length;
  const recipients = recipientsOf(said);
  const groups = isNested
    ? addressed
    : expansions.filter(({ members }) => members >= SEEN_MIN || members * 2 > recipients);
  return groups
    .toSorted((a, b) => b.members - a.members || (a.address < b.address ? -1 : 1))
    .map(({ address }) => address);
}

/** `attempts`: delivery lines so far. */
export function listSightings(said: MailFragment, attempts: number): readonly ListSighting[] {
  const { origTo, expandedTo, expansions, headerTo, headers } = said;
  const listId = headers?.["list-id"];
  const isPlain = [origTo, expandedTo, expansions, headerTo, listId].every((known) => known === undefined);
  if (isPlain) return NONE;
  const sightings: ListSighting[] = [];
  const add = (address: string, via: ListSighting["via"]): void => {
    if (!sightings.some((known) => known.address === address)) sightings.push({ address, via });
  };
  const isToMany = recipientsOf(said) >= SEEN_MIN;
  for (const { address, seen } of origTo ?? []) {
    // The whole mail was forwarded for an address that no delivery names.
    if (seen >= SEEN_MIN || seen * 2 > attempts || (seen === 0 && isToMany)) add(address.toLowerCase(), "orig_to");
  }
  const envelope = namedAtAcceptance(headerTo);
  for (const address of groupsOf(said, envelope).slice(0, ADDRESSES_MAX)) add(address, "orig_to");
  const expanded = (expandedTo ?? []).map((address) => address.toLowerCase());
  const id = listId === undefined ? undefined : idOfListId(listId);
  if (id !== undefined) {
    const named = [...sightings.map(({ address }) => address), ...expanded, ...envelope];
    add(addressOfListId(id, named), "list-id");
  }
  for (const address of expanded.toSorted()) add(address, "expanded");
  // Whom the server expanded is known; the others of a long envelope are people.
  if (expansions === undefined) for (const address of envelope.slice(0, ADDRESSES_MAX)) add(address, "header");
  return sightings.toSorted((a, b) => (a.address < b.address ? -1 : 1));
}
