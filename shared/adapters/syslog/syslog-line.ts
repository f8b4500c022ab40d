// one syslog message as it was sent -> the line that a file would hold: without the priority, with a host, newline-terminated.

import type { LineQueue } from "./line-queue.ts";
import type { Message } from "./syslog-port.ts";

const NUL = 0;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const DASH = 45;
const DIGIT_ONE = 49;
const COLON = 58;
const LESS = 60;
const GREATER = 62;
const LETTER_T = 84;
/** "<191>" */
const PRIORITY_BYTES_MAX = 5;
/** "Nov 26 17:00:00 " */
const CIVIL_BYTES = 16;
/** Longest RFC 3339 stamp that is looked through for its end, bytes. */
const STAMP_BYTES_MAX = 48;

/**
 * Adds a message as one line and returns its bytes, 0 for an empty message. `peer`: who sent it; stands for the host where the message names none, as with any relay.
 * Newlines (and what else ends a line or spoils it) become spaces: a line that somebody wrote into a message would otherwise be a line of its own,
 * with a stamp and a host of his choice. Behind a space it is text within a message, where no grammar looks for a beginning.
 */
export function addSyslogLine(queue: LineQueue, message: Message, peer: string): number {
  const { bytes } = message;
  const end = trimmedEnd(message);
  const start = priorityEnd(bytes, message.start, end);
  if (end <= start) return 0;
  const host = hostless(bytes, start, end);
  const name = host < 0 ? "" : `${peerName(peer)} `;
  const block = queue.room(end - start + name.length + 1);
  const into = block.bytes;
  let at = block.to;
  if (host >= 0) {
    at += bytes.copy(into, at, start, host);
    at += into.write(name, at, "latin1");
    at += bytes.copy(into, at, bytes[host] === DASH ? host + 2 : host, end);
  } else at += bytes.copy(into, at, start, end);
  for (let place = block.to; place < at; place += 1) if (breaksLines(into[place])) into[place] = SPACE;
  into[at] = NEWLINE;
  const length = at + 1 - block.to;
  queue.add(length);
  return length;
}

function breaksLines(byte: number | undefined): boolean {
  return byte === NEWLINE || byte === CARRIAGE_RETURN || byte === NUL;
}

/** rsyslog's own templates end with a newline, whatever frames them. */
function trimmedEnd({ bytes, start, end }: Message): number {
  let at = end;
  while (at > start && breaksLines(bytes[at - 1])) at -= 1;
  return at;
}

function priorityEnd(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== LESS) return start;
  let at = start + 1;
  while (at < end && at - start < PRIORITY_BYTES_MAX - 1 && isDigit(bytes[at])) at += 1;
  return at < end && bytes[at] === GREATER && at > start + 1 ? at + 1 : start;
}

/** Where a host is missing: before a tag that follows the stamp, or at the "-" of RFC 5424; -1 when there is one, or no stamp. */
function hostless(bytes: Buffer, start: number, end: number): number {
  const isVersioned = bytes[start] === DIGIT_ONE && bytes[start + 1] === SPACE;
  const at = stampEnd(bytes, isVersioned ? start + 2 : start, end);
  if (at < 0 || at >= end) return -1;
  if (isVersioned) return bytes[at] === DASH && bytes[at + 1] === SPACE && at + 1 < end ? at : -1;
  let wordEnd = at;
  while (wordEnd < end && bytes[wordEnd] !== SPACE) wordEnd += 1;
  // An address of IPv6 may end with two colons.
  return wordEnd > at && bytes[wordEnd - 1] === COLON && bytes[wordEnd - 2] !== COLON ? at : -1;
}

/** Behind the space of a stamp that has its shape, -1 when there is none. */
function stampEnd(bytes: Buffer, start: number, end: number): number {
  if (isDigit(bytes[start])) {
    if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH || bytes[start + 10] !== LETTER_T) return -1;
    for (let at = start + 11; at < Math.min(end, start + STAMP_BYTES_MAX); at += 1)
      if (bytes[at] === SPACE) return at + 1;
    return -1;
  }
  const isCivil =
    bytes[start + 3] === SPACE &&
    bytes[start + 6] === SPACE &&
    bytes[start + 9] === COLON &&
    bytes[start + 15] === SPACE;
  return isCivil ? start + CIVIL_BYTES : -1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** A socket for both kinds of addresses shows one of IPv4 in the clothes of IPv6. */
function peerName(peer: string): string {
  return peer.startsWith("::ffff:") && peer.includes(".") ? peer.slice("::ffff:".length) : peer;
}
