// Two packed mails beside each other, and hashes of who stands behind one.

import { HEADER_NAMES } from "../mail-fragment.ts";
import { FNV_OFFSET, FNV_PRIME, mixed } from "./key-hash.ts";
import { CLIENT, HEADERS, HOST, LOGIN, MESSAGE_ID, QUEUE_ID, SENDER } from "./layout.ts";
import type { PackedMails } from "./packed-mails.ts";

const FROM = HEADER_NAMES.indexOf("from");
const LESS = 60;
const GREATER = 62;
const QUOTE = 34;
const BACKSLASH = 92;
const SECOND_PRIME = 0x2c1b3c6d;

/** Have two mails the same Message-ID? */
export function sameMessage(mails: PackedMails, mail: number, others: PackedMails, other: number): boolean {
  const mine = mails.startOf(mail, MESSAGE_ID);
  const theirs = others.startOf(other, MESSAGE_ID);
  const length = mails.number(mail, MESSAGE_ID);
  if (others.number(other, MESSAGE_ID) !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (mails.bytes[mine + index] !== others.bytes[theirs + index]) return false;
  }
  return true;
}

/** Have two mails the same host and queue id? */
export function sameQueueId(mails: PackedMails, mail: number, others: PackedMails, other: number): boolean {
  const length = mails.number(mail, QUEUE_ID);
  if (others.number(other, QUEUE_ID) !== length || others.number(other, HOST) !== mails.number(mail, HOST))
    return false;
  const mine = mails.startOf(mail, QUEUE_ID);
  const theirs = others.startOf(other, QUEUE_ID);
  for (let index = 0; index < length; index += 1) {
    if (mails.bytes[mine + index] !== others.bytes[theirs + index]) return false;
  }
  return true;
}

/** Order of two mails of one store by queue id, then Message-ID: below, above or 0. */
export function compareIds(mails: PackedMails, mail: number, other: number): number {
  return compareTexts(mails, mail, other, QUEUE_ID) || compareTexts(mails, mail, other, MESSAGE_ID);
}

/** Two hashes of host and client. */
export function hashClient(mails: PackedMails, mail: number, into: Int32Array): void {
  const length = mails.number(mail, CLIENT);
  into[0] = FNV_OFFSET ^ mails.number(mail, HOST);
  into[1] = length;
  const start = mails.startOf(mail, CLIENT);
  hashInto(mails.bytes, start, start + length, into);
}

/** Two hashes of client, login, envelope sender and From. */
export function hashWriter(mails: PackedMails, mail: number, into: Int32Array): void {
  let lengths = FNV_OFFSET;
  for (let text = CLIENT; text <= SENDER; text += 1) lengths = Math.imul(lengths ^ mails.number(mail, text), FNV_PRIME);
  into[0] = lengths;
  into[1] = lengths;
  const start = mails.startOf(mail, CLIENT);
  hashInto(mails.bytes, start, mails.startOf(mail, SENDER + 1), into);
  if (!mails.hasHeader(mail, FROM)) return;
  // The first of the header values.
  const header = mails.startOf(mail, HEADERS) + 2;
  hashInto(mails.bytes, header, header + mails.headerLength(header), into);
}

/** Is From the login in angle brackets, behind a name without quotes? Then both are one address. False where it takes more to see. */
export function namesLogin(mails: PackedMails, mail: number): boolean {
  const { bytes } = mails;
  const login = mails.startOf(mail, LOGIN);
  const length = mails.number(mail, LOGIN);
  const start = mails.startOf(mail, HEADERS) + 2;
  const close = start + mails.headerLength(start) - 1;
  const open = close - length - 1;
  if (length <= 0 || open < start || bytes[close] !== GREATER || bytes[open] !== LESS) return false;
  for (let index = 0; index < length; index += 1) if (bytes[open + 1 + index] !== bytes[login + index]) return false;
  for (let at = start; at < open; at += 1) {
    const byte = bytes[at];
    if (byte === LESS || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

function hashInto(bytes: Buffer, start: number, end: number, into: Int32Array): void {
  let first = into[0] ?? 0;
  let second = into[1] ?? 0;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    first = Math.imul(first ^ byte, FNV_PRIME);
    second = (Math.imul(second, SECOND_PRIME) + byte) | 0;
  }
  into[0] = mixed(first);
  into[1] = second;
}

function compareTexts(mails: PackedMails, mail: number, other: number, text: number): number {
  const length = mails.number(mail, text);
  const otherLength = mails.number(other, text);
  const mine = mails.startOf(mail, text);
  const theirs = mails.startOf(other, text);
  for (let index = 0; index < length && index < otherLength; index += 1) {
    const difference = (mails.bytes[mine + index] ?? 0) - (mails.bytes[theirs + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return length - otherLength;
}
