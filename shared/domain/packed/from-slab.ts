// A record of a slab -> a packed mail, or what a packed mail learns from a further record.

import { MINUTE_MS } from "../delivery-minutes.ts";
import { HEADER_NAMES } from "../mail-fragment.ts";
import type { FragmentSlab } from "./fragment-slab.ts";
import * as slabs from "./fragment-slab.ts";
import {
  ACCEPTED_AT,
  BOUNCED,
  DEFERRED,
  DELIVERED,
  FIRST_AT,
  HASH,
  HEADERS,
  HEADERS_LOGGED,
  HOST,
  LAST_AT,
  MINUTE,
  NRCPT,
  QUEUE_ID,
  REMOVED_AT,
  TEXTS,
} from "./layout.ts";
import type { PackedMails } from "./packed-mails.ts";
import { isHeld } from "./slab-hold.ts";

/** Can the record be kept among packed mails? */
export function isSimple(slab: FragmentSlab, record: number): boolean {
  if (slab.number(record, slabs.ADDRESSED) !== 0 || slab.number(record, slabs.HANDED_ON) !== 0) return false;
  if (isHeld(slab, record)) return false;
  const length = slab.number(record, slabs.MESSAGE_ID + 1);
  // A mail without a Message-ID is known by other things.
  if (length === 0) return false;
  const start = slab.number(record, slabs.MESSAGE_ID);
  for (let at = start; at < start + length; at += 1) {
    const byte = slab.bytes[at] ?? 0;
    if (byte < 0x21 || byte > 0x7e) return false;
  }
  return true;
}

/** Packs a record, which must be simple. Returns the mail's number. */
export function packRecord(mails: PackedMails, slab: FragmentSlab, record: number): number {
  const mail = mails.add();
  mails.setNumber(mail, HOST, slab.number(record, slabs.HOST));
  mails.setNumber(mail, HASH, slab.number(record, slabs.HASH));
  mails.setNumber(mail, NRCPT, slab.number(record, slabs.NRCPT));
  mails.setNumber(mail, MINUTE, Math.floor(slab.startMs / MINUTE_MS));
  mails.setNumber(mail, DELIVERED, slab.number(record, slabs.DELIVERED));
  mails.setNumber(mail, DEFERRED, slab.number(record, slabs.DEFERRED));
  mails.setNumber(mail, BOUNCED, slab.number(record, slabs.BOUNCED));
  for (let text = 0; text < TEXTS; text += 1) {
    const length = slab.number(record, slabs.QUEUE_ID + text * 2 + 1);
    mails.setNumber(mail, QUEUE_ID + text, length);
    if (length > 0) mails.append(slab.bytes, slab.number(record, slabs.QUEUE_ID + text * 2), length);
  }
  mails.setNumber(mail, HEADERS, slab.hasHeaders(record) ? appendHeaders(mails, -1, slab, record) : 0);
  mails.setTime(mail, FIRST_AT, slab.timeAt(record, slabs.FIRST_AT));
  mails.setTime(mail, LAST_AT, slab.timeAt(record, slabs.LAST_AT));
  mails.setTime(mail, ACCEPTED_AT, slab.timeAt(record, slabs.ACCEPTED_AT));
  mails.setTime(mail, REMOVED_AT, slab.timeAt(record, slabs.REMOVED_AT));
  mails.seal(mail);
  return mail;
}

/** Packs a mail anew with the texts that a record adds; the two must agree (see `differs`). Returns its new number. */
export function packAnew(mails: PackedMails, before: number, slab: FragmentSlab, record: number): number {
  const mail = mails.add();
  mails.takeNumbers(mail, before);
  for (let text = 0; text < TEXTS; text += 1) {
    const length = mails.number(before, QUEUE_ID + text);
    const added = length < 0 ? slab.number(record, slabs.QUEUE_ID + text * 2 + 1) : length;
    mails.setNumber(mail, QUEUE_ID + text, added);
    if (length > 0) mails.append(mails.bytes, mails.startOf(before, QUEUE_ID + text), length);
    else if (added > 0) mails.append(slab.bytes, slab.number(record, slabs.QUEUE_ID + text * 2), added);
  }
  mails.setNumber(mail, HEADERS, joinHeaders(mails, before, slab, record));
  mails.seal(mail);
  return mail;
}

/** Does the record speak of the mail's host and queue id? */
export function isOf(mails: PackedMails, mail: number, slab: FragmentSlab, record: number): boolean {
  if (mails.number(mail, HASH) !== slab.number(record, slabs.HASH)) return false;
  const length = mails.number(mail, QUEUE_ID);
  if (mails.number(mail, HOST) !== slab.number(record, slabs.HOST)) return false;
  if (length !== slab.number(record, slabs.QUEUE_ID + 1)) return false;
  const mine = mails.startOf(mail, QUEUE_ID);
  const theirs = slab.number(record, slabs.QUEUE_ID);
  for (let index = 0; index < length; index += 1) {
    if (mails.bytes[mine + index] !== slab.bytes[theirs + index]) return false;
  }
  return true;
}

/** What of a record is not yet known of the mail: "nothing", "some" texts, or others than are known ("contrary"). */
export function differs(
  mails: PackedMails,
  mail: number,
  slab: FragmentSlab,
  record: number,
): "nothing" | "some" | "contrary" {
  let some = false;
  for (let text = 0; text < TEXTS; text += 1) {
    if (slab.number(record, slabs.QUEUE_ID + text * 2 + 1) < 0) continue;
    if (mails.number(mail, QUEUE_ID + text) < 0) some = true;
    else if (!agrees(mails, mail, text, { slab, record })) return "contrary";
  }
  if (!slab.hasHeaders(record)) return some ? "some" : "nothing";
  for (let header = 0; header < HEADER_NAMES.length; header += 1) {
    // The same header line twice is rare, and costs no more than taking the mail apart.
    if (slab.headerLength(record, header) >= 0 && mails.hasHeader(mail, header)) return "contrary";
  }
  return "some";
}

/** Do the mail and the record say a text in the same words? */
function agrees(
  mails: PackedMails,
  mail: number,
  text: number,
  { slab, record }: { readonly slab: FragmentSlab; readonly record: number },
): boolean {
  const length = mails.number(mail, QUEUE_ID + text);
  if (length !== slab.number(record, slabs.QUEUE_ID + text * 2 + 1)) return false;
  const start = mails.startOf(mail, QUEUE_ID + text);
  const other = slab.number(record, slabs.QUEUE_ID + text * 2);
  for (let index = 0; index < length; index += 1) {
    if (mails.bytes[start + index] !== slab.bytes[other + index]) return false;
  }
  return true;
}

function joinHeaders(mails: PackedMails, before: number, slab: FragmentSlab, record: number): number {
  if (slab.hasHeaders(record)) return appendHeaders(mails, before, slab, record);
  const start = mails.startOf(before, HEADERS);
  mails.append(mails.bytes, start, mails.endOf(before) - start);
  return mails.number(before, HEADERS);
}

/** Appends the header values of a record, and of a mail known before (-1: none); returns their bits. */
function appendHeaders(mails: PackedMails, before: number, slab: FragmentSlab, record: number): number {
  let bits = HEADERS_LOGGED;
  let known = before < 0 ? 0 : mails.startOf(before, HEADERS) + 2;
  for (let header = 0; header < HEADER_NAMES.length; header += 1) {
    if (before >= 0 && mails.hasHeader(before, header)) {
      const length = mails.headerLength(known);
      mails.appendHeader(mails.bytes, known, length);
      known += length + 2;
    } else {
      const length = slab.headerLength(record, header);
      if (length < 0) continue;
      mails.appendHeader(slab.bytes, slab.headerStart(record, header), length);
    }
    bits |= 1 << header;
  }
  return bits;
}

/** Adds the counts and times of a record to a mail. */
export function addNumbers(mails: PackedMails, mail: number, slab: FragmentSlab, record: number): void {
  addCounts(mails, mail, slab, record);
  addTimes(mails, mail, slab, record);
}

function addCounts(mails: PackedMails, mail: number, slab: FragmentSlab, record: number): void {
  mails.setNumber(mail, NRCPT, Math.max(mails.number(mail, NRCPT), slab.number(record, slabs.NRCPT)));
  mails.setNumber(mail, DELIVERED, mails.number(mail, DELIVERED) + slab.number(record, slabs.DELIVERED));
  mails.setNumber(mail, DEFERRED, mails.number(mail, DEFERRED) + slab.number(record, slabs.DEFERRED));
  mails.setNumber(mail, BOUNCED, mails.number(mail, BOUNCED) + slab.number(record, slabs.BOUNCED));
}

function addTimes(mails: PackedMails, mail: number, slab: FragmentSlab, record: number): void {
  const firstAt = slab.timeAt(record, slabs.FIRST_AT);
  const lastAt = slab.timeAt(record, slabs.LAST_AT);
  const acceptedAt = slab.timeAt(record, slabs.ACCEPTED_AT);
  const removedAt = slab.timeAt(record, slabs.REMOVED_AT);
  // What is not known is NaN, and no comparison with it holds.
  if (firstAt < mails.time(mail, FIRST_AT)) mails.setTime(mail, FIRST_AT, firstAt);
  if (lastAt > mails.time(mail, LAST_AT)) mails.setTime(mail, LAST_AT, lastAt);
  const known = mails.time(mail, ACCEPTED_AT);
  if (acceptedAt < known || Number.isNaN(known)) mails.setTime(mail, ACCEPTED_AT, acceptedAt);
  const gone = mails.time(mail, REMOVED_AT);
  if (removedAt > gone || Number.isNaN(gone)) mails.setTime(mail, REMOVED_AT, removedAt);
}
