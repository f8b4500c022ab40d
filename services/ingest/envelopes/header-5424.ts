// "HOST APP-NAME PROCID MSGID STRUCTURED-DATA [BOM]MSG", what follows the stamp of an RFC 5424 line -> where its fields stand.
// Every field is found by its place: what a message or a parameter says is never looked at.

import { spells } from "../bytes.ts";
import { isOfName } from "../host-table.ts";

const SPACE = 32;
const DASH = 45;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
/** Says that a message is UTF-8; no part of it. */
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

/** Reads one header after the other. After `read` returned true its fields hold the result. */
export class Header5424 {
  hostEnd = 0;
  /** APP-NAME: "postfix/smtp", or "postfix" where rsyslog took it from a tag with a slash. */
  name = 0;
  nameEnd = 0;
  /** PROCID is no "-". */
  hasProcessId = false;
  /** First byte of the message. */
  message = 0;

  /** `host`: first byte of HOSTNAME. False when a field is missing or the structured data have not their shape. */
  read(bytes: Buffer, host: number, end: number): boolean {
    this.hostEnd = fieldEnd(bytes, host, end);
    if (this.hostEnd < 0) return false;
    this.name = this.hostEnd + 1;
    this.nameEnd = fieldEnd(bytes, this.name, end);
    if (this.nameEnd < 0) return false;
    const processIdEnd = fieldEnd(bytes, this.nameEnd + 1, end);
    this.hasProcessId = bytes[this.nameEnd + 1] !== DASH;
    const messageIdEnd = processIdEnd < 0 ? -1 : fieldEnd(bytes, processIdEnd + 1, end);
    const dataEnd = messageIdEnd < 0 ? -1 : structuredDataEnd(bytes, messageIdEnd + 1, end);
    if (dataEnd < 0) return false;
    this.message = messageStart(bytes, dataEnd, end);
    return true;
  }
}

/** Behind the spaces that rsyslog leaves of a tag, and behind a byte order mark. */
export function messageStart(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at += 1;
  return spells(bytes, at, BYTE_ORDER_MARK) ? at + BYTE_ORDER_MARK.length : at;
}

/** Position of the space behind a field, -1 when there is no field, or no space behind it. */
function fieldEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isOfName(bytes[at] ?? 0)) at += 1;
  return at > start && at < end && bytes[at] === SPACE ? at : -1;
}

/** Position behind "-" or behind the last of "[ID NAME="VALUE" …][…]"; -1 when neither a space nor the line's end follows. */
function structuredDataEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  if (at < end && bytes[at] === DASH) at += 1;
  else {
    while (at < end && bytes[at] === OPEN_BRACKET) at = elementEnd(bytes, at + 1, end);
    if (at === start) return -1;
  }
  return at === end || (at < end && bytes[at] === SPACE) ? at : -1;
}

/** Position behind the bracket that closes an element. Within quotes a backslash takes its meaning from a quote and a bracket; beyond `end` when it never closes. */
function elementEnd(bytes: Buffer, start: number, end: number): number {
  let isQuoted = false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === BACKSLASH && isQuoted) at += 1;
    else if (byte === CLOSE_BRACKET && !isQuoted) return at + 1;
  }
  return end + 1;
}
