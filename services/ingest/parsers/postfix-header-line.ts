// "info: header NAME: VALUE from CLIENT; from=<S> to=<R> proto=P helo=<H>[: text]" -> name, value, last recipient.
// The value is whatever the sender wrote and is not quoted, so it may hold a forged " from x[1.2.3.4]; from=<..>".
// Hence the line is read from its right-hand end: Postfix replaces spaces and angle brackets in HELO names by "?",
// so the last " proto=" with a clean helo behind it is Postfix's own.

import { ascii, find, findLast } from "../bytes.ts";

export interface HeaderLine {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
  readonly lastRecipient: string | undefined;
}

const FROM_CLIENT = ascii(" from ");
const ENVELOPE_FROM = ascii("; from=<");
const TO = ascii("> to=<");
const PROTO = ascii(" proto=");
const HELO = ascii(" helo=<");
const CLOSE_AND_TEXT = ascii(">: ");
/** Longest header name worth reading; others cannot be ours. */
const NAME_BYTES_MAX = 40;
const COLON = 58;
const CLOSE = 62;
const SPACE = 32;
const CLOSE_BRACKET = 93;

/** End of the part `from=<S> to=<R>` (exclusive), or -1: behind it stands proto and helo, or nothing for local mail. */
function envelopeEnd(bytes: Buffer, start: number, end: number): number {
  for (let proto = findLast(bytes, start, end, PROTO); proto >= 0; proto = findLast(bytes, start, proto, PROTO)) {
    const helo = find(bytes, proto, end, HELO);
    if (helo >= 0 && bytes[proto - 1] === CLOSE && isCleanHelo(bytes, helo + HELO.length, end)) return proto;
  }
  if (bytes[end - 1] === CLOSE) return end;
  const text = findLast(bytes, start, end, CLOSE_AND_TEXT);
  return text < 0 ? -1 : text + 1;
}

/** A helo name without spaces and brackets, then ">" and the end or the text that the operator configured. */
function isCleanHelo(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at] !== CLOSE && bytes[at] !== SPACE) at += 1;
  return bytes[at] === CLOSE && (at + 1 === end || (bytes[at + 1] === COLON && bytes[at + 2] === SPACE));
}

/** Is what stands before "; from=<" a client: "name[address]", "name[address]:port" or "local"? */
function clientStart(bytes: Buffer, start: number, semicolon: number): number {
  const from = findLast(bytes, start, semicolon, FROM_CLIENT);
  if (from < 0) return -1;
  const client = from + FROM_CLIENT.length;
  let last = semicolon - 1;
  while (last > client && (bytes[last] ?? 0) >= 48 && (bytes[last] ?? 0) <= 57) last -= 1;
  if (bytes[last] === COLON) last -= 1;
  else last = semicolon - 1;
  if (bytes[last] === CLOSE_BRACKET) return from;
  return semicolon - client === 5 && bytes.toString("latin1", client, semicolon) === "local" ? from : -1;
}

/** Parses the bytes behind "info: header "; undefined when they are not of this form. */
export function parseHeaderLine(bytes: Buffer, start: number, end: number): HeaderLine | undefined {
  let colon = start;
  while (colon < end && colon - start <= NAME_BYTES_MAX && bytes[colon] !== COLON) colon += 1;
  if (bytes[colon] !== COLON || colon === start) return undefined;
  const envelope = envelopeEnd(bytes, colon, end);
  if (envelope < 0) return undefined;
  const to = findLast(bytes, colon, envelope, TO);
  const recipientEnd = envelope - 1;
  let limit = to >= 0 ? to : envelope;
  for (;;) {
    const semicolon = findLast(bytes, colon, limit, ENVELOPE_FROM);
    if (semicolon < 0) return undefined;
    const from = clientStart(bytes, colon, semicolon);
    if (from >= 0) {
      const valueStart = bytes[colon + 1] === SPACE ? colon + 2 : colon + 1;
      return {
        name: bytes.toString("latin1", start, colon).toLowerCase(),
        value: bytes.toString("latin1", Math.min(valueStart, from), from),
        lastRecipient: to >= 0 ? bytes.toString("latin1", to + TO.length, recipientEnd) : undefined,
      };
    }
    limit = semicolon;
  }
}
