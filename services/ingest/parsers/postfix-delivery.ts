// "to=<A>[, orig_to=<B>], relay=R, …, status=WORD (text)" -> counts of the fragment's minute, and who was expanded.
// The only shape that comes hundreds of millions of times: no string is made unless a new address turns up.

import {
  BOUNCED as BOUNCED_COUNT,
  DEFERRED as DEFERRED_COUNT,
  DELIVERED as DELIVERED_COUNT,
  type DeliveryAddresses,
  type FragmentSlab,
  HANDED_ON,
} from "../../../shared/domain/packed/fragment-slab.ts";
import { ADDRESSES_MAX } from "../../../shared/domain/mail-fragment.ts";
import { ascii, equalsText, find, needle, spells } from "../bytes.ts";
import { nameOfBytes } from "../../../shared/domain/log-text.ts";
import { addAddress, countAddress } from "../../../shared/domain/merge-fields.ts";
import type { MessageBytes } from "./message-bytes.ts";
import { isUnnamed } from "./postfix-program.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const CLOSE = 62;
const COMMA = 44;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** "to=<" */
export const TO_LENGTH = 4;
const ORIG_TO = ascii(", orig_to=<");
const RELAY = ascii(", relay=");
const STATUS = needle(", status=");
const SENT = ascii("sent ");
const DEFERRED = ascii("deferred ");
const BOUNCED = ascii("bounced ");
const EXPIRED = ascii("expired ");
/** With `soft_bounce = yes` Postfix keeps in the queue what it would bounce, and says so. */
const SOFT_BOUNCE = ascii("SOFTBOUNCE ");
const FORWARDED = ascii("(forwarded as ");
/** An alias or a .forward that feeds a program: a list manager that may send it on, or what files a person's mail, so it names no list. */
const TO_COMMAND = ascii("(delivered to command: ");
const PIPE = ascii("pipe");
/** What pipe(8) alone says; a remote server's reply begins with its code. */
const BY_PIPE = ascii("(delivered via ");
const LOOPBACK_4 = ascii("[127.");
const LOOPBACK_6 = ascii("[::1]");

/** Longest address kept, bytes. */
const ADDRESS_BYTES_MAX = 320;

/** Position of the ">" that ends an address, a quoted local part skipped whole; `end` when there is none. */
export function addressEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  if (bytes[at] === QUOTE) {
    for (at += 1; at < end && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
  }
  while (at < end && bytes[at] !== CLOSE) at += 1;
  return at;
}

/** Counts one delivery attempt of a record. Returns where the queue id stands that it was forwarded as, 0 where it was not, -1 when the line has not the shape. */
export function countDelivery(
  slab: FragmentSlab,
  record: number,
  line: MessageBytes,
  listServers: ReadonlySet<string>,
): number {
  const { bytes, end } = line;
  const toStart = line.start + TO_LENGTH;
  const toEnd = addressEnd(bytes, toStart, end);
  let at = toEnd + 1;
  let originalStart = -1;
  let originalEnd = -1;
  if (spells(bytes, at, ORIG_TO)) {
    originalStart = at + ORIG_TO.length;
    originalEnd = addressEnd(bytes, originalStart, end);
    at = originalEnd + 1;
  }
  if (!spells(bytes, at, RELAY)) return -1;
  const relayStart = at + RELAY.length;
  // Names, numbers and our own words only up to the status: the remote server's text comes behind it.
  const field = find(bytes, relayStart, end, STATUS);
  if (field < 0) return -1;
  const status = field + STATUS.literal.length;
  const outcome = outcomeAt(bytes, status);
  if (outcome < 0) return 0;
  slab.numbers[record + outcome] = (slab.numbers[record + outcome] ?? 0) + 1;
  // The null recipient is nobody's address.
  if (originalEnd > originalStart) noteOriginal(slab.addressesOf(record), bytes, originalStart, originalEnd);
  const isExpanded = isHandedOn(line, relayStart, status, listServers);
  if (isExpanded && toEnd > toStart) noteExpanded(slab.addressesOf(record), bytes, toStart, toEnd);
  if (isExpanded || (outcome === DELIVERED_COUNT && spells(bytes, status + SENT.length, TO_COMMAND))) {
    slab.numbers[record + HANDED_ON] = slab.number(record, HANDED_ON) + 1;
  }
  const text = status + SENT.length;
  return outcome === DELIVERED_COUNT && spells(bytes, text, FORWARDED) ? text + FORWARDED.length : 0;
}

/** The count that a status adds to; -1 for one that is no delivery attempt (address probes: deliverable, undeliverable). */
function outcomeAt(bytes: Buffer, status: number): number {
  if (spells(bytes, status, SENT)) return DELIVERED_COUNT;
  if (spells(bytes, status, DEFERRED) || spells(bytes, status, SOFT_BOUNCE)) return DEFERRED_COUNT;
  return spells(bytes, status, BOUNCED) || spells(bytes, status, EXPIRED) ? BOUNCED_COUNT : -1;
}

function noteOriginal(addresses: DeliveryAddresses, bytes: Buffer, start: number, end: number): void {
  const known = addresses.origTo;
  if (known === undefined) {
    addresses.origTo = [{ address: addressText(bytes, start, end), seen: 1 }];
    return;
  }
  for (const entry of known) {
    if (equalsText(bytes, start, end, entry.address)) {
      entry.seen += 1;
      return;
    }
  }
  countAddress(known, addressText(bytes, start, end), 1);
}

function noteExpanded(addresses: DeliveryAddresses, bytes: Buffer, start: number, end: number): void {
  const known = (addresses.expandedTo ??= []);
  if (known.length < ADDRESSES_MAX || !known.some((address) => equalsText(bytes, start, end, address))) {
    addAddress(known, addressText(bytes, start, end));
  }
}

/** Did the recipient go to something that may fan it out: an alias' second queue id, a program, loopback, a known list server? */
function isHandedOn(line: MessageBytes, relayStart: number, status: number, listServers: ReadonlySet<string>): boolean {
  const { bytes, end } = line;
  if (bytes[line.component] === 112 && spells(bytes, line.component, PIPE)) return spells(bytes, status, SENT);
  if (isUnnamed(line) && spells(bytes, status, SENT) && spells(bytes, status + SENT.length, BY_PIPE)) return true;
  if (spells(bytes, status, SENT) && spells(bytes, status + SENT.length, FORWARDED)) return true;
  let at = relayStart;
  while (at < end && bytes[at] !== OPEN_BRACKET && bytes[at] !== COMMA) at += 1;
  if (bytes[at] === OPEN_BRACKET && (spells(bytes, at, LOOPBACK_4) || spells(bytes, at, LOOPBACK_6))) return true;
  if (listServers.size === 0) return false;
  if (listServers.has(bytes.toString("latin1", relayStart, at).toLowerCase())) return true;
  if (bytes[at] !== OPEN_BRACKET) return false;
  let close = at;
  while (close < end && bytes[close] !== CLOSE_BRACKET) close += 1;
  return listServers.has(bytes.toString("latin1", at + 1, close).toLowerCase());
}

export function addressText(bytes: Buffer, start: number, end: number): string {
  return nameOfBytes(bytes.toString("latin1", start, Math.min(end, start + ADDRESS_BYTES_MAX)));
}
