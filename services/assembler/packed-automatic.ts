// a packed mail -> did a machine send it? As automatic.ts decides, which is asked only where it could say yes.

import { decodeHeaderValue } from "../../shared/domain/encoded-words.ts";
import { HEADER_NAMES } from "../../shared/domain/mail-fragment.ts";
import { nameOfBytes } from "../../shared/domain/log-text.ts";
import { SENDER } from "../../shared/domain/packed/layout.ts";
import { headersOf, headerStart } from "../../shared/domain/packed/packed-fragment.ts";
import type { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import { automaticReason } from "./automatic.ts";

const SUBJECT = HEADER_NAMES.indexOf("subject");
const TELLING = ["auto-submitted", "precedence", "x-autoreply", "x-autorespond"] as const;
const TELLING_HEADERS = TELLING.map((name) => HEADER_NAMES.indexOf(name));

/** How the subjects that automatic.ts knows begin, in ASCII. */
const BEGINNINGS = [
  "auto",
  "out ",
  "abwe",
  "afwe",
  "abse",
  "risp",
  "fuor",
  "resp",
  "fuer",
  "odpo",
  "reca",
  "unde",
  "deli",
];
const BEGINNING_BYTES = 4;
const BEGINNING_NUMBERS = new Set(BEGINNINGS.map((text) => numberOf(Buffer.from(text), 0)));

export function isAutomatic(mails: PackedMails, mail: number): boolean {
  if (mails.number(mail, SENDER) === 0) return true;
  if (!mails.hasHeaders(mail)) return false;
  const isAsked = TELLING_HEADERS.some((header) => mails.hasHeader(mail, header)) || mayTellBySubject(mails, mail);
  if (!isAsked) return false;
  const headers = headersOf(mails, mail);
  const sender = mails.textAt(mail, SENDER);
  return (
    automaticReason({
      headers,
      sender: sender === undefined ? undefined : nameOfBytes(sender),
      subject: headers?.subject === undefined ? undefined : decodeHeaderValue(headers.subject),
    }) !== undefined
  );
}

function mayTellBySubject(mails: PackedMails, mail: number): boolean {
  if (!mails.hasHeader(mail, SUBJECT)) return false;
  const { bytes } = mails;
  const start = headerStart(mails, mail, SUBJECT);
  if (mails.headerLength(start) < BEGINNING_BYTES) return false;
  for (let at = start; at < start + BEGINNING_BYTES; at += 1) {
    // Encoded words, folds, and letters beyond ASCII, which may stand for others.
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 || byte === 63) return true;
  }
  return bytes[start] === 32 || BEGINNING_NUMBERS.has(numberOf(bytes, start));
}

/** Four bytes in lower case, as one number. */
function numberOf(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) | 0x20202020;
}
