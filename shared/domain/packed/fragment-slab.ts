// The MailFragments of one slice of event time, side by side in integers and bytes: so a line of a log costs no object and no
// string, and a mail none either as long as nobody asks for one (`fragmentAt`).
// Every field merges commutatively, as those of a MailFragment do; of two different texts the lesser by bytes stays.

import type { Expansion, SeenAddress } from "../mail-fragment.ts";
import { HEADER_NAMES } from "../mail-fragment.ts";

/** Event time that one fragment may span, ms. Divides a minute. */
export const SLICE_MS = 5_000;

// Integers of a record. Times are ms after the slice's start, -1 where nothing is known.
export const FIRST_AT = 0;
export const LAST_AT = 1;
export const ACCEPTED_AT = 2;
export const REMOVED_AT = 3;
export const HOST = 4;
export const HASH = 5;
/** 0: not known. */
export const NRCPT = 6;
export const DELIVERED = 7;
export const DEFERRED = 8;
export const BOUNCED = 9;
/** Place of the record's header values, from 1; 0: no header line. */
const HEADERS = 10;
/** Place of the record's addresses in `addressed`, from 1; 0: none. */
export const ADDRESSED = 11;
/** Of the deliveries, those that were expanded or handed on. */
export const HANDED_ON = 12;
/** Whether the mail was put on hold, and when it was released: see slab-hold.ts. 0: nothing is known. */
export const HOLD = 13;
/** Texts are two integers: where in `bytes`, and the length, -1 for a text that was not said. */
export const QUEUE_ID = 14;
export const MESSAGE_ID = 16;
export const CLIENT = 18;
export const LOGIN = 20;
export const SENDER = 22;
export const HEADER_TO = 24;
/** Integers a record takes. A record is named by the place of its first. */
export const RECORD_INTEGERS = 26;

const HEADER_INTEGERS = HEADER_NAMES.length * 2;
const FIRST_RECORDS = 4;
const FIRST_BYTES = 512;

/** Addresses that were replaced by others, for the few mails that have them. */
export interface DeliveryAddresses {
  origTo: SeenAddress[] | undefined;
  expandedTo: string[] | undefined;
  expansions: Expansion[] | undefined;
  duplicateTo: string[] | undefined;
}

export class FragmentSlab {
  startMs = 0;
  /** Records, times `RECORD_INTEGERS`: the place of the next. */
  end = 0;
  numbers = new Int32Array(FIRST_RECORDS * RECORD_INTEGERS);
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  /** Origins of deliveries; those of a record stand at `ADDRESSED` less one. */
  addressed: DeliveryAddresses[] = [];
  /** What the next texts are read from: the line at hand. */
  source: Buffer = this.bytes;
  private bytesEnd = 0;
  private headers = new Int32Array(0);
  private headersEnd = 0;

  /** Empties it for another slice, and keeps its room. */
  reset(startMs: number): void {
    this.startMs = startMs;
    this.end = 0;
    this.bytesEnd = 0;
    this.headersEnd = 0;
    if (this.addressed.length > 0) this.addressed = [];
  }

  /** A record of which nothing is known but its queue id; `at` is ms after the slice's start. */
  add(host: number, hash: number, at: number): number {
    const record = this.end;
    if (record + RECORD_INTEGERS > this.numbers.length) this.numbers = doubled(this.numbers);
    const { numbers } = this;
    numbers[record + FIRST_AT] = at;
    numbers[record + LAST_AT] = at;
    numbers[record + ACCEPTED_AT] = -1;
    numbers[record + REMOVED_AT] = -1;
    numbers[record + HOST] = host;
    numbers[record + HASH] = hash;
    for (let field = NRCPT; field < QUEUE_ID; field += 1) numbers[record + field] = 0;
    for (let field = QUEUE_ID; field < RECORD_INTEGERS; field += 1) numbers[record + field] = -1;
    this.end = record + RECORD_INTEGERS;
    return record;
  }

  number(record: number, field: number): number {
    return this.numbers[record + field] ?? 0;
  }

  /** A time of the record, ms since the epoch; NaN where nothing is known. */
  timeAt(record: number, field: number): number {
    const at = this.numbers[record + field] ?? -1;
    return at < 0 ? Number.NaN : this.startMs + at;
  }

  /** A line of the record, ms after the slice's start. */
  stamp(record: number, at: number): void {
    const { numbers } = this;
    if (at < (numbers[record + FIRST_AT] ?? 0)) numbers[record + FIRST_AT] = at;
    else if (at > (numbers[record + LAST_AT] ?? 0)) numbers[record + LAST_AT] = at;
  }

  /** A line that takes the mail in, ms after the slice's start. */
  accepted(record: number, at: number): void {
    const known = this.numbers[record + ACCEPTED_AT] ?? -1;
    if (known < 0 || at < known) this.numbers[record + ACCEPTED_AT] = at;
  }

  /** A line that says that its queue file is gone, ms after the slice's start. */
  removed(record: number, at: number): void {
    if (at > (this.numbers[record + REMOVED_AT] ?? -1)) this.numbers[record + REMOVED_AT] = at;
  }

  recipients(record: number, count: number): void {
    if (count > (this.numbers[record + NRCPT] ?? 0)) this.numbers[record + NRCPT] = count;
  }

  /** Says a text of the record, the bytes [from, end) of `source`. */
  say(record: number, text: number, from: number, end: number): void {
    this.note(this.numbers, record + text, from, end);
  }

  isSaid(record: number, text: number): boolean {
    return (this.numbers[record + text + 1] ?? -1) >= 0;
  }

  /** Do the bytes [from, end) of `source` say the record's text again? */
  saysAgain(record: number, text: number, from: number, end: number): boolean {
    const at = record + text;
    const { numbers, bytes, source } = this;
    if (numbers[at + 1] !== end - from) return false;
    const start = (numbers[at] ?? 0) - from;
    for (let index = from; index < end; index += 1) if (bytes[start + index] !== source[index]) return false;
    return true;
  }

  /** Says that the mail has header lines, and the value of one that is known (`header`: its place in HEADER_NAMES, or -1). */
  sayHeader(record: number, header: number, from: number, end: number): void {
    const { numbers } = this;
    let row = numbers[record + HEADERS] ?? 0;
    if (row === 0) {
      row = this.addHeaders();
      numbers[record + HEADERS] = row;
    }
    if (header >= 0) this.note(this.headers, row - 1 + header * 2, from, end);
  }

  /** Does the record say that the mail is gone, and nothing else? */
  saysOnlyRemoved(record: number): boolean {
    const { numbers } = this;
    if ((numbers[record + REMOVED_AT] ?? -1) < 0 || (numbers[record + ACCEPTED_AT] ?? -1) >= 0) return false;
    for (let field = NRCPT; field < QUEUE_ID; field += 1) if (numbers[record + field] !== 0) return false;
    for (let text = MESSAGE_ID; text < RECORD_INTEGERS; text += 2) if (this.isSaid(record, text)) return false;
    return true;
  }

  hasHeaders(record: number): boolean {
    return this.numbers[record + HEADERS] !== 0;
  }

  /** Length of a header value in bytes, -1 when it was not said. */
  headerLength(record: number, header: number): number {
    const row = this.numbers[record + HEADERS] ?? 0;
    return row === 0 ? -1 : (this.headers[row + header * 2] ?? -1);
  }

  /** Where in `bytes` a header value stands. */
  headerStart(record: number, header: number): number {
    return this.headers[(this.numbers[record + HEADERS] ?? 0) - 1 + header * 2] ?? 0;
  }

  addressesOf(record: number): DeliveryAddresses {
    const place = this.numbers[record + ADDRESSED] ?? 0;
    const known = this.addressed[place - 1];
    if (known !== undefined) return known;
    const added: DeliveryAddresses = {
      origTo: undefined,
      expandedTo: undefined,
      expansions: undefined,
      duplicateTo: undefined,
    };
    this.addressed.push(added);
    this.numbers[record + ADDRESSED] = this.addressed.length;
    return added;
  }

  private addHeaders(): number {
    const at = this.headersEnd;
    if (at + HEADER_INTEGERS > this.headers.length) {
      this.headers =
        this.headers.length === 0 ? new Int32Array(FIRST_RECORDS * HEADER_INTEGERS) : doubled(this.headers);
    }
    this.headers.fill(-1, at, at + HEADER_INTEGERS);
    this.headersEnd = at + HEADER_INTEGERS;
    return at + 1;
  }

  /** Keeps a text under two integers of `numbers`, unless a lesser one stands there. */
  private note(numbers: Int32Array, at: number, from: number, end: number): void {
    const known = numbers[at + 1] ?? -1;
    if (known >= 0 && !this.isLess(from, end, numbers[at] ?? 0, known)) return;
    numbers[at] = this.keep(from, end);
    numbers[at + 1] = end - from;
  }

  /** Are the bytes [from, end) of `source` less than a text of the slab? Nearly always they are the same. */
  private isLess(from: number, end: number, start: number, length: number): boolean {
    const { source, bytes } = this;
    const common = end - from < length ? end - from : length;
    for (let index = 0; index < common; index += 1) {
      const difference = (source[from + index] ?? 0) - (bytes[start + index] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return end - from < length;
  }

  /** Copies bytes of `source` in and returns where they stand. */
  private keep(from: number, end: number): number {
    const { source } = this;
    const start = this.bytesEnd;
    const needed = start + end - from;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, start);
      this.bytes = larger;
    }
    const { bytes } = this;
    for (let index = from; index < end; index += 1) bytes[start + index - from] = source[index] ?? 0;
    this.bytesEnd = needed;
    return start;
  }
}

function doubled(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
