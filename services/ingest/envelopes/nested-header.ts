// Where a header may stand behind another one, by its first bytes alone.
//
// Behind "STAMP HOST " a shipper puts its tag ("mail: "), a relay that did not know the line's stamp puts none. A tag with a process id
// is no shipper's: a program's own words follow, and they may be a stranger's.

import { isOfName } from "../host-table.ts";

const SPACE = 32;
const COMMA = 44;
const DASH = 45;
const DIGIT_ONE = 49;
const COLON = 58;
const LESS = 60;
const GREATER = 62;
const OPEN_BRACKET = 91;
const PRIORITY_BYTES_MAX = 5;

/** `tag`: first byte behind the outer header's host. Position of the inner header, or -1. */
export function nestedHeader(bytes: Buffer, tag: number, end: number): number {
  if (isStamped(bytes, tag)) return tag;
  let at = tag;
  while (at < end && isOfName(bytes[at] ?? 0) && bytes[at] !== OPEN_BRACKET) at += 1;
  if (at >= end || bytes[at] !== SPACE) return -1;
  // rsyslog writes "-" where a message of RFC 5424 names no program.
  const isTag = bytes[at - 1] === COLON || (at === tag + 1 && bytes[tag] === DASH);
  if (!isTag) return -1;
  while (at < end && bytes[at] === SPACE) at += 1;
  return isStamped(bytes, at) ? at : -1;
}

/** Does a word that ends with a colon stand at `start`? */
export function isTagged(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && isOfName(bytes[at] ?? 0)) at += 1;
  return at > start && bytes[at - 1] === COLON;
}

/** A stamp, with a priority and a version before it or without: by its shape. */
export function isStamped(bytes: Buffer, start: number): boolean {
  const at = behindPriority(bytes, start);
  return looksStamped(bytes, bytes[at] === DIGIT_ONE && bytes[at + 1] === SPACE ? at + 2 : at);
}

/** Behind "<22>", or `start` where no priority stands. */
export function behindPriority(bytes: Buffer, start: number): number {
  if (bytes[start] !== LESS) return start;
  let at = start + 1;
  while (at - start < PRIORITY_BYTES_MAX && isDigit(bytes[at])) at += 1;
  return bytes[at] === GREATER && at > start + 1 ? at + 1 : start;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** "Xxx dd " or "dddd-": a stamp was meant, but its fields are not a time. Behind "…Z," stands a row of a table, not a log line. */
export function looksStamped(bytes: Buffer, start: number): boolean {
  if (bytes[start + 23] === 90 && bytes[start + 24] === COMMA) return false;
  const dash = bytes[start + 4] === 45 && bytes[start + 7] === 45 && bytes[start + 13] === 58;
  return dash || (bytes[start + 3] === SPACE && bytes[start + 6] === SPACE && bytes[start + 9] === 58);
}
