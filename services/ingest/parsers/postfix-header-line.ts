// "info: header NAME: VALUE from CLIENT; from=<S> to=<R> proto=P helo=<H>[: text]" -> name, value, last recipient.
// The value is whatever the sender wrote and is not quoted, so it may hold a forged " from x[1.2.3.4]; from=<..>".
// Hence the line is read from its right-hand end: Postfix replaces spaces and angle brackets in HELO names by "?",
// so the last " proto=" with nothing but a clean helo behind it is Postfix's own. Local mail has neither, and a client
// that said no HELO no helo.

import { HEADER_NAMES } from "../../../shared/domain/mail-fragment.ts";
import { ascii, findLast, lesser, needle, spells } from "../bytes.ts";

const NAMES = HEADER_NAMES.map(ascii);

const FROM_CLIENT = needle(" from ");
const ENVELOPE_FROM = needle("; from=<");
const TO = needle("> to=<");
const FROM_LOCAL = needle(" from local; from=<");
const PROTO = needle(" proto=");
const HELO = ascii(" helo=<");
const CLOSE_AND_TEXT = needle(">: ");
/** Longest header name read: as many bytes as Postfix logs of name and value. */
const NAME_BYTES_MAX = 200;
/** Longest value kept, as a MailEvent may have it; Postfix cuts at 200 bytes. */
const VALUE_BYTES_MAX = 998;
const ADDRESS_BYTES_MAX = 320;
/** Longest "name[address]:port": a host name has 255 bytes. */
const CLIENT_BYTES_MAX = 320;
const PROTO_NAME_BYTES_MAX = 10;
const COLON = 58;
const CLOSE = 62;
const SPACE = 32;
const CLOSE_BRACKET = 93;

/** End of the part `from=<S> to=<R>` (exclusive), or -1: behind it stands proto and helo, or nothing for local mail. */
function envelopeEnd(bytes: Buffer, start: number, end: number): number {
  let proto = findLast(bytes, start, end, PROTO);
  while (proto >= 0 && !(bytes[proto - 1] === CLOSE && isSession(bytes, proto + PROTO.literal.length, end))) {
    proto = findLast(bytes, start, proto, PROTO);
  }
  // A value may forge a session; behind the real one no client follows any more.
  if (proto >= 0 && findLast(bytes, proto, end, FROM_LOCAL) < 0) return proto;
  if (bytes[end - 1] === CLOSE) return end;
  const text = findLast(bytes, start, end, CLOSE_AND_TEXT);
  return text < 0 ? -1 : text + 1;
}

/** Protocol, a helo name without spaces and brackets or none, then the end or the text that the operator configured. */
function isSession(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && at - start < PROTO_NAME_BYTES_MAX && bytes[at] !== SPACE && bytes[at] !== COLON) at += 1;
  if (spells(bytes, at, HELO)) {
    at += HELO.length;
    while (at < end && bytes[at] !== CLOSE && bytes[at] !== SPACE) at += 1;
    if (bytes[at] !== CLOSE) return false;
    at += 1;
  }
  return at === end || (bytes[at] === COLON && bytes[at + 1] === SPACE);
}

/** Is what stands before "; from=<" a client: "name[address]", "name[address]:port" or "local"? */
function clientStart(bytes: Buffer, start: number, semicolon: number): number {
  const from = findLast(
    bytes,
    semicolon - start > CLIENT_BYTES_MAX ? semicolon - CLIENT_BYTES_MAX : start,
    semicolon,
    FROM_CLIENT,
  );
  if (from < 0) return -1;
  const client = from + FROM_CLIENT.literal.length;
  let last = semicolon - 1;
  while (last > client && (bytes[last] ?? 0) >= 48 && (bytes[last] ?? 0) <= 57) last -= 1;
  if (bytes[last] === COLON) last -= 1;
  else last = semicolon - 1;
  if (bytes[last] === CLOSE_BRACKET) return from;
  return semicolon - client === 5 && bytes.toString("latin1", client, semicolon) === "local" ? from : -1;
}

/** Place of the name [start, end) in HEADER_NAMES, in whatever case it is written; -1 for any other. */
function nameAt(bytes: Buffer, start: number, end: number): number {
  for (let place = 0; place < NAMES.length; place += 1) {
    const name = NAMES[place];
    if (name?.length === end - start && spellsInAnyCase(bytes, start, name)) return place;
  }
  return -1;
}

/** `name` is in lower case: letters and "-" only, which all have the bit of lower case set. */
function spellsInAnyCase(bytes: Buffer, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (((bytes[start + index] ?? 0) | 0x20) !== name[index]) return false;
  }
  return true;
}

/** Reads header lines in place. After `read` returned true, the fields tell where name, value and last recipient stand. */
export class HeaderLineReader {
  /** Place of the name in HEADER_NAMES, -1 for any other. */
  name = -1;
  valueStart = 0;
  valueEnd = 0;
  /** -1 when the line names no recipient, or the null one. */
  recipientStart = -1;
  recipientEnd = -1;

  /** Reads the bytes behind "info: header "; false when they are not of this form. */
  read(bytes: Buffer, start: number, end: number): boolean {
    let colon = start;
    while (colon < end && colon - start <= NAME_BYTES_MAX && bytes[colon] !== COLON) colon += 1;
    if (bytes[colon] !== COLON || colon === start) return false;
    const envelope = envelopeEnd(bytes, colon, end);
    if (envelope < 0) return false;
    const to = findLast(bytes, colon, envelope, TO);
    for (let limit = to >= 0 ? to : envelope; ;) {
      const semicolon = findLast(bytes, colon, limit, ENVELOPE_FROM);
      if (semicolon < 0) return false;
      const from = clientStart(bytes, colon, semicolon);
      if (from >= 0) {
        this.name = nameAt(bytes, start, colon);
        const valueStart = bytes[colon + 1] === SPACE ? colon + 2 : colon + 1;
        this.valueStart = lesser(valueStart, from);
        this.valueEnd = lesser(from, valueStart + VALUE_BYTES_MAX);
        const recipient = to + TO.literal.length;
        this.recipientStart = to < 0 || recipient >= envelope - 1 ? -1 : recipient;
        this.recipientEnd = lesser(envelope - 1, recipient + ADDRESS_BYTES_MAX);
        return true;
      }
      limit = semicolon;
    }
  }
}
