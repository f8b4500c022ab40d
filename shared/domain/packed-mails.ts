// Mails of one queue id each, one beside the other in integers and bytes: what is known of a mail, as a MailFragment has it, without
// an object or a string. Only simple mails are kept so: deliveries in one minute, no alias or list among their recipients,
// and a Message-ID in printable ASCII.

import { MINUTE_MS } from "./delivery-minutes.ts";
import * as slabs from "./fragment-slab.ts";
import type { FragmentSlab } from "./fragment-slab.ts";
import { nameOfBytes } from "./log-text.ts";
import type { HeaderName, Headers, MailFragment } from "./mail-fragment.ts";
import { HEADER_NAMES } from "./mail-fragment.ts";

// Integers of a mail.
export const HOST = 0;
/** Of host and queue id. */
export const HASH = 1;
/** Of the Message-ID. */
export const KEY_HASH = 2;
/** 0: not known. */
export const NRCPT = 3;
/** Number of the minute, since the epoch, in which all deliveries so far fell. */
export const MINUTE = 4;
export const DELIVERED = 5;
export const DEFERRED = 6;
export const BOUNCED = 7;
/** Bits: AUTOMATIC, and what else whoever keeps the mails notes of one. */
export const STATE = 8;
/** Of STATE: a machine sent it. */
export const AUTOMATIC = 1;
export const NEXT = 9;
const BYTES_START = 10;
const BYTES_LENGTH = 11;
/** Lengths of texts, which stand one behind the other; -1: not said. */
export const QUEUE_ID = 12;
export const MESSAGE_ID = 13;
export const CLIENT = 14;
export const LOGIN = 15;
export const SENDER = 16;
export const HEADER_TO = 17;
/** A bit a header value, by its place in HEADER_NAMES; the values follow the texts, each behind two bytes of length. */
export const HEADERS = 18;
const HEADERS_LOGGED = 1 << 30;
const INTEGERS = 20;

// Times of a mail, ms since the epoch; NaN: not known.
export const FIRST_AT = 0;
export const LAST_AT = 1;
export const ACCEPTED_AT = 2;
export const REMOVED_AT = 3;
/** Deliveries of minutes that began before this have been told. */
export const TOLD_UNTIL = 4;
const TIMES = 5;

/** Texts stand in the same order here and in a slab. */
const TEXTS = HEADER_TO - QUEUE_ID + 1;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const FIRST_MAILS = 512;
const FIRST_BYTES = 65_536;

export class PackedMails {
  count = 0;
  private numbers: Int32Array;
  private times: Float64Array;
  private bytes: Buffer;
  private bytesEnd = 0;

  /** `mailsMin`: room for so many without growing. */
  constructor(mailsMin = FIRST_MAILS) {
    this.numbers = new Int32Array(mailsMin * INTEGERS);
    this.times = new Float64Array(mailsMin * TIMES);
    this.bytes = Buffer.allocUnsafe(FIRST_BYTES);
  }

  /** Mails that it has room for. */
  get capacity(): number {
    return this.times.length / TIMES;
  }

  number(mail: number, field: number): number {
    return this.numbers[mail * INTEGERS + field] ?? 0;
  }

  setNumber(mail: number, field: number, value: number): void {
    this.numbers[mail * INTEGERS + field] = value;
  }

  time(mail: number, field: number): number {
    return this.times[mail * TIMES + field] ?? Number.NaN;
  }

  setTime(mail: number, field: number, ms: number): void {
    this.times[mail * TIMES + field] = ms;
  }

  /** Message id and recipient count are known: the mail has been accepted. */
  isComplete(mail: number): boolean {
    return (
      this.number(mail, NRCPT) > 0 && this.number(mail, MESSAGE_ID) >= 0 && !Number.isNaN(this.time(mail, ACCEPTED_AT))
    );
  }

  isRemoved(mail: number): boolean {
    return !Number.isNaN(this.time(mail, REMOVED_AT));
  }

  attempts(mail: number): number {
    return this.number(mail, DELIVERED) + this.number(mail, DEFERRED) + this.number(mail, BOUNCED);
  }

  hasHeaders(mail: number): boolean {
    return this.number(mail, HEADERS) !== 0;
  }

  hasHeader(mail: number, header: number): boolean {
    return (this.number(mail, HEADERS) & (1 << header)) !== 0;
  }

  /** Empties it and keeps its room. */
  clear(): void {
    this.count = 0;
    this.bytesEnd = 0;
  }

  /** Takes in a record of a slab, which must be simple. */
  take(slab: FragmentSlab, record: number): number {
    const mail = this.add();
    const { numbers } = this;
    const at = mail * INTEGERS;
    const start = this.bytesEnd;
    numbers[at + HOST] = slab.number(record, slabs.HOST);
    numbers[at + HASH] = slab.number(record, slabs.HASH);
    numbers[at + NRCPT] = slab.number(record, slabs.NRCPT);
    numbers[at + MINUTE] = Math.floor(slab.startMs / MINUTE_MS);
    numbers[at + DELIVERED] = slab.number(record, slabs.DELIVERED);
    numbers[at + DEFERRED] = slab.number(record, slabs.DEFERRED);
    numbers[at + BOUNCED] = slab.number(record, slabs.BOUNCED);
    for (let text = 0; text < TEXTS; text += 1) {
      const length = slab.number(record, slabs.QUEUE_ID + text * 2 + 1);
      numbers[at + QUEUE_ID + text] = length;
      if (length > 0) this.append(slab.bytes, slab.number(record, slabs.QUEUE_ID + text * 2), length);
    }
    numbers[at + HEADERS] = slab.hasHeaders(record) ? this.takeHeaders(slab, record, -1) : 0;
    this.seal(mail, start);
    const { times } = this;
    times[mail * TIMES + FIRST_AT] = slab.timeAt(record, slabs.FIRST_AT);
    times[mail * TIMES + LAST_AT] = slab.timeAt(record, slabs.LAST_AT);
    times[mail * TIMES + ACCEPTED_AT] = slab.timeAt(record, slabs.ACCEPTED_AT);
    times[mail * TIMES + REMOVED_AT] = slab.timeAt(record, slabs.REMOVED_AT);
    return mail;
  }

  /** Takes in a mail of this store anew, with the texts that a record adds to it; the two must agree (see `differs`). */
  takeWith(before: number, slab: FragmentSlab, record: number): number {
    const mail = this.add();
    const { numbers, times } = this;
    const at = mail * INTEGERS;
    const from = before * INTEGERS;
    numbers.copyWithin(at, from, from + INTEGERS);
    times.copyWithin(mail * TIMES, before * TIMES, before * TIMES + TIMES);
    const start = this.bytesEnd;
    for (let text = 0; text < TEXTS; text += 1) {
      const length = numbers[from + QUEUE_ID + text] ?? -1;
      if (length >= 0) this.append(this.bytes, this.startOf(before, QUEUE_ID + text), length);
      else {
        const added = slab.number(record, slabs.QUEUE_ID + text * 2 + 1);
        numbers[at + QUEUE_ID + text] = added;
        if (added > 0) this.append(slab.bytes, slab.number(record, slabs.QUEUE_ID + text * 2), added);
      }
    }
    numbers[at + HEADERS] = slab.hasHeaders(record) ? this.takeHeaders(slab, record, before) : this.copyHeaders(before);
    this.seal(mail, start);
    return mail;
  }

  /** Takes in a mail of another store as it is. */
  takeFrom(others: PackedMails, other: number): number {
    const mail = this.add();
    const at = mail * INTEGERS;
    const from = other * INTEGERS;
    for (let field = 0; field < INTEGERS; field += 1) this.numbers[at + field] = others.numbers[from + field] ?? 0;
    for (let field = 0; field < TIMES; field += 1)
      this.times[mail * TIMES + field] = others.times[other * TIMES + field] ?? 0;
    const start = this.bytesEnd;
    this.append(others.bytes, others.numbers[from + BYTES_START] ?? 0, others.numbers[from + BYTES_LENGTH] ?? 0);
    this.numbers[at + BYTES_START] = start;
    return mail;
  }

  /** Does the record speak of the same host and queue id? */
  isOf(mail: number, slab: FragmentSlab, record: number): boolean {
    if (this.number(mail, HASH) !== slab.number(record, slabs.HASH)) return false;
    return this.number(mail, HOST) === slab.number(record, slabs.HOST) && this.agrees(mail, QUEUE_ID, slab, record);
  }

  /** What of a record is not yet known of the mail: "nothing", "some" texts, or others than are known ("contrary"). */
  differs(mail: number, slab: FragmentSlab, record: number): "nothing" | "some" | "contrary" {
    let some = false;
    for (let text = QUEUE_ID; text < QUEUE_ID + TEXTS; text += 1) {
      if (slab.number(record, slabs.QUEUE_ID + (text - QUEUE_ID) * 2 + 1) < 0) continue;
      if (this.number(mail, text) < 0) some = true;
      else if (!this.agrees(mail, text, slab, record)) return "contrary";
    }
    if (!slab.hasHeaders(record)) return some ? "some" : "nothing";
    if (!this.hasHeaders(mail)) return "some";
    for (let header = 0; header < HEADER_NAMES.length; header += 1) {
      if (slab.headerLength(record, header) < 0) continue;
      // The same line twice is rare, and costs no more than the mail's being taken apart.
      if (this.hasHeader(mail, header)) return "contrary";
      some = true;
    }
    return some ? "some" : "nothing";
  }

  /** Do the mail and the record say a text in the same words? */
  private agrees(mail: number, text: number, slab: FragmentSlab, record: number): boolean {
    const theirs = slabs.QUEUE_ID + (text - QUEUE_ID) * 2;
    const length = this.number(mail, text);
    if (length !== slab.number(record, theirs + 1)) return false;
    const start = this.startOf(mail, text);
    const other = slab.number(record, theirs);
    for (let index = 0; index < length; index += 1) {
      if (this.bytes[start + index] !== slab.bytes[other + index]) return false;
    }
    return true;
  }

  /** Have two mails, here and in `others`, the same Message-ID? */
  sameMessage(mail: number, others: PackedMails, other: number): boolean {
    const length = this.number(mail, MESSAGE_ID);
    if (others.number(other, MESSAGE_ID) !== length) return false;
    const mine = this.number(mail, BYTES_START) + this.number(mail, QUEUE_ID);
    const theirs = others.number(other, BYTES_START) + others.number(other, QUEUE_ID);
    for (let index = 0; index < length; index += 1) {
      if (this.bytes[mine + index] !== others.bytes[theirs + index]) return false;
    }
    return true;
  }

  /** Have two mails, here and in `others`, the same host and queue id? */
  sameQueueId(mail: number, others: PackedMails, other: number): boolean {
    const length = this.number(mail, QUEUE_ID);
    if (others.number(other, QUEUE_ID) !== length || others.number(other, HOST) !== this.number(mail, HOST))
      return false;
    const mine = this.number(mail, BYTES_START);
    const theirs = others.number(other, BYTES_START);
    for (let index = 0; index < length; index += 1) {
      if (this.bytes[mine + index] !== others.bytes[theirs + index]) return false;
    }
    return true;
  }

  /** Order of two mails by queue id, then Message-ID: below, above or 0. */
  compareIds(mail: number, other: number): number {
    return this.compareTexts(mail, other, QUEUE_ID) || this.compareTexts(mail, other, MESSAGE_ID);
  }

  /** Two hashes of client, login, envelope sender and From. */
  hashWriter(mail: number, into: Int32Array): void {
    const { numbers, bytes } = this;
    const at = mail * INTEGERS;
    const start = this.startOf(mail, CLIENT);
    let end = start;
    let first = FNV_OFFSET;
    for (let text = CLIENT; text <= SENDER; text += 1) {
      const length = numbers[at + text] ?? -1;
      first = Math.imul(first ^ length, FNV_PRIME);
      if (length > 0) end += length;
    }
    let second = first;
    for (let index = start; index < end; index += 1) {
      first = Math.imul(first ^ (bytes[index] ?? 0), FNV_PRIME);
      second = Math.imul(second, 0x2c1b3c6d) + (bytes[index] ?? 0);
    }
    if (this.hasHeader(mail, 0)) {
      const header = this.startOf(mail, HEADERS);
      const headerEnd = header + 2 + this.lengthBefore(header + 2);
      for (let index = header; index < headerEnd; index += 1) {
        first = Math.imul(first ^ (bytes[index] ?? 0), FNV_PRIME);
        second = Math.imul(second, 0x2c1b3c6d) + (bytes[index] ?? 0);
      }
    }
    into[0] = mixed(first);
    into[1] = second;
  }

  textAt(mail: number, text: number): string | undefined {
    const length = this.number(mail, text);
    const start = this.startOf(mail, text);
    return length < 0 ? undefined : this.bytes.toString("latin1", start, start + length);
  }

  /** The mail as an object of its own. */
  fragmentAt(mail: number, site: string, hosts: readonly string[]): MailFragment {
    const timeAt = (field: number): number | undefined => {
      const ms = this.time(mail, field);
      return Number.isNaN(ms) ? undefined : ms;
    };
    const nameAt = (text: number): string | undefined => {
      const said = this.textAt(mail, text);
      return said === undefined ? undefined : nameOfBytes(said);
    };
    const nrcpt = this.number(mail, NRCPT);
    return {
      site,
      host: hosts[this.number(mail, HOST)] ?? "",
      queueId: this.textAt(mail, QUEUE_ID) ?? "",
      firstAt: this.time(mail, FIRST_AT),
      lastAt: this.time(mail, LAST_AT),
      acceptedAt: timeAt(ACCEPTED_AT),
      client: nameAt(CLIENT),
      login: nameAt(LOGIN),
      sender: nameAt(SENDER),
      nrcpt: nrcpt === 0 ? undefined : nrcpt,
      messageId: nameAt(MESSAGE_ID),
      headers: this.headersOf(mail),
      origTo: undefined,
      expandedTo: undefined,
      headerTo: nameAt(HEADER_TO),
      minutes: this.minutesOf(mail),
      removedAt: timeAt(REMOVED_AT),
    };
  }

  private add(): number {
    const mail = this.count;
    if (mail >= this.capacity) {
      const { numbers, times } = this;
      this.numbers = new Int32Array(numbers.length * 2);
      this.numbers.set(numbers);
      this.times = new Float64Array(times.length * 2);
      this.times.set(times);
    }
    this.numbers[mail * INTEGERS + STATE] = 0;
    this.numbers[mail * INTEGERS + NEXT] = 0;
    this.count += 1;
    return mail;
  }

  /** The mail's texts are all in, from `start` on. */
  private seal(mail: number, start: number): void {
    const { numbers } = this;
    const at = mail * INTEGERS;
    numbers[at + BYTES_START] = start;
    numbers[at + BYTES_LENGTH] = this.bytesEnd - start;
    const key = start + (numbers[at + QUEUE_ID] ?? 0);
    numbers[at + KEY_HASH] = hashOf(this.bytes, key, key + Math.max(0, numbers[at + MESSAGE_ID] ?? 0));
  }

  private startOf(mail: number, text: number): number {
    const at = mail * INTEGERS;
    let start = this.numbers[at + BYTES_START] ?? 0;
    for (let field = QUEUE_ID; field < text; field += 1) start += Math.max(0, this.numbers[at + field] ?? 0);
    return start;
  }

  private compareTexts(mail: number, other: number, text: number): number {
    const length = this.number(mail, text);
    const otherLength = this.number(other, text);
    const mine = this.startOf(mail, text);
    const theirs = this.startOf(other, text);
    for (let index = 0; index < length && index < otherLength; index += 1) {
      const difference = (this.bytes[mine + index] ?? 0) - (this.bytes[theirs + index] ?? 0);
      if (difference !== 0) return difference;
    }
    return length - otherLength;
  }

  /** Header values of a record, and of a mail of this store (-1: none); returns their bits. */
  private takeHeaders(slab: FragmentSlab, record: number, before: number): number {
    let bits = HEADERS_LOGGED;
    let known = before < 0 ? 0 : this.startOf(before, HEADERS);
    for (let header = 0; header < HEADER_NAMES.length; header += 1) {
      let length = -1;
      if (before >= 0 && this.hasHeader(before, header)) {
        length = this.lengthBefore(known + 2);
        this.appendHeader(this.bytes, known + 2, length);
        known += 2 + length;
      } else {
        length = slab.headerLength(record, header);
        if (length >= 0) this.appendHeader(slab.bytes, slab.headerStart(record, header), length);
      }
      if (length >= 0) bits |= 1 << header;
    }
    return bits;
  }

  private copyHeaders(before: number): number {
    const start = this.startOf(before, HEADERS);
    const at = before * INTEGERS;
    const end = (this.numbers[at + BYTES_START] ?? 0) + (this.numbers[at + BYTES_LENGTH] ?? 0);
    this.append(this.bytes, start, end - start);
    return this.numbers[at + HEADERS] ?? 0;
  }

  private appendHeader(source: Buffer, start: number, length: number): void {
    this.reserve(length + 2);
    // `source` may be the store's own bytes, which `reserve` replaced: what stood there stands in the new ones too.
    this.bytes[this.bytesEnd] = length & 0xff;
    this.bytes[this.bytesEnd + 1] = length >> 8;
    this.bytesEnd += 2;
    this.append(source, start, length);
  }

  /** Length that stands in the two bytes before `start`. */
  private lengthBefore(start: number): number {
    return (this.bytes[start - 2] ?? 0) | ((this.bytes[start - 1] ?? 0) << 8);
  }

  private append(source: Buffer, start: number, length: number): void {
    this.reserve(length);
    const { bytes, bytesEnd } = this;
    for (let index = 0; index < length; index += 1) bytes[bytesEnd + index] = source[start + index] ?? 0;
    this.bytesEnd = bytesEnd + length;
  }

  private reserve(length: number): void {
    if (this.bytesEnd + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytesEnd + length, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.bytesEnd);
    this.bytes = larger;
  }

  private minutesOf(mail: number): MailFragment["minutes"] {
    if (this.attempts(mail) === 0) return undefined;
    const [delivered, deferred, bounced] = [DELIVERED, DEFERRED, BOUNCED].map((field) => this.number(mail, field));
    return [
      {
        start: this.number(mail, MINUTE) * MINUTE_MS,
        delivered: delivered ?? 0,
        deferred: deferred ?? 0,
        bounced: bounced ?? 0,
      },
    ];
  }

  /** Header values as logged; undefined when the log has no header lines of the mail. */
  headersOf(mail: number): Headers | undefined {
    if (!this.hasHeaders(mail)) return undefined;
    const headers: Partial<Record<HeaderName, string>> = {};
    HEADER_NAMES.forEach((name, header) => {
      if (!this.hasHeader(mail, header)) return;
      const { bytes, start, end } = this.headerAt(mail, header);
      headers[name] = bytes.toString("latin1", start, end);
    });
    return headers;
  }

  /** Where a header value stands that the mail has. */
  headerAt(mail: number, header: number): { readonly bytes: Buffer; readonly start: number; readonly end: number } {
    let start = this.startOf(mail, HEADERS) + 2;
    for (let before = 0; before < header; before += 1) {
      if (this.hasHeader(mail, before)) start += this.lengthBefore(start) + 2;
    }
    return { bytes: this.bytes, start, end: start + this.lengthBefore(start) };
  }
}

/** Can the record be kept among packed mails? */
export function isSimple(slab: FragmentSlab, record: number): boolean {
  if (slab.number(record, slabs.ADDRESSED) !== 0) return false;
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

/** Hash of a message's key; of its text, as of its bytes when it is ASCII. */
export function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  return mixed(hash);
}

export function hashOfText(text: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return mixed(hash);
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return once ^ (once >>> 13);
}
