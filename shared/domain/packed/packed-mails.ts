// Mails of one queue id each, one beside the other in integers and bytes: what is known of a mail, as a MailFragment has it, without
// an object or a string. Only simple mails are kept so (from-slab.ts): deliveries in one minute, no alias or list among their
// recipients, and a Message-ID in printable ASCII.

import { hashOf } from "./key-hash.ts";
import {
  ACCEPTED_AT,
  BOUNCED,
  BYTES_LENGTH,
  BYTES_START,
  DEFERRED,
  DELIVERED,
  HEADERS,
  INTEGERS,
  KEY_HASH,
  MESSAGE_ID,
  NEXT,
  NRCPT,
  QUEUE_ID,
  REMOVED_AT,
  STATE,
  TIMES,
} from "./layout.ts";

const FIRST_MAILS = 512;
const FIRST_BYTES = 65_536;

export class PackedMails {
  /** Mails in the store. A mail is named by its number, from 0. */
  count = 0;
  /** Texts of all mails. */
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private numbers: Int32Array;
  private times: Float64Array;
  private bytesEnd = 0;

  /** `mailsMin`: room for so many without growing. */
  constructor(mailsMin = FIRST_MAILS) {
    this.numbers = new Int32Array(mailsMin * INTEGERS);
    this.times = new Float64Array(mailsMin * TIMES);
  }

  /** Mails that it has room for. */
  get capacity(): number {
    return this.times.length / TIMES;
  }

  /** Bytes that the mails take. */
  get size(): number {
    return this.count * (INTEGERS * 4 + TIMES * 8) + this.bytesEnd;
  }

  number(mail: number, field: number): number {
    return this.numbers[mail * INTEGERS + field] ?? 0;
  }

  setNumber(mail: number, field: number, value: number): void {
    this.numbers[mail * INTEGERS + field] = value;
  }

  /** ms since the epoch; NaN: not known. */
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

  /** Where a text stands in `bytes`; HEADERS: where the header values begin. */
  startOf(mail: number, text: number): number {
    const at = mail * INTEGERS;
    let start = this.numbers[at + BYTES_START] ?? 0;
    for (let field = QUEUE_ID; field < text; field += 1) {
      const length = this.numbers[at + field] ?? 0;
      if (length > 0) start += length;
    }
    return start;
  }

  /** Where the texts of a mail end. */
  endOf(mail: number): number {
    return this.number(mail, BYTES_START) + this.number(mail, BYTES_LENGTH);
  }

  /** Length of the header value that begins at `start`, behind its two bytes. */
  headerLength(start: number): number {
    return (this.bytes[start - 2] ?? 0) | ((this.bytes[start - 1] ?? 0) << 8);
  }

  /** As latin1; undefined when it was not said. */
  textAt(mail: number, text: number): string | undefined {
    const length = this.number(mail, text);
    const start = this.startOf(mail, text);
    return length < 0 ? undefined : this.bytes.toString("latin1", start, start + length);
  }

  /** Empties it and keeps its room. */
  clear(): void {
    this.count = 0;
    this.bytesEnd = 0;
  }

  /** Takes in a mail of another store as it is. */
  takeFrom(others: PackedMails, other: number): number {
    const mail = this.add();
    const at = mail * INTEGERS;
    const from = other * INTEGERS;
    for (let field = 0; field < INTEGERS; field += 1) this.numbers[at + field] = others.numbers[from + field] ?? 0;
    for (let field = 0; field < TIMES; field += 1) this.setTime(mail, field, others.time(other, field));
    const start = this.bytesEnd;
    this.append(others.bytes, others.number(other, BYTES_START), others.number(other, BYTES_LENGTH));
    this.numbers[at + BYTES_START] = start;
    return mail;
  }

  /** Room for one more mail: its texts are appended one by one, then it is sealed. */
  add(): number {
    const mail = this.count;
    if (mail >= this.capacity) {
      const { numbers, times } = this;
      this.numbers = new Int32Array(numbers.length * 2);
      this.numbers.set(numbers);
      this.times = new Float64Array(times.length * 2);
      this.times.set(times);
    }
    this.setNumber(mail, STATE, 0);
    this.setNumber(mail, NEXT, 0);
    this.setNumber(mail, BYTES_START, this.bytesEnd);
    this.count += 1;
    return mail;
  }

  /** A mail added is one that was there before, but for its texts. */
  takeNumbers(mail: number, before: number): void {
    const { numbers, times } = this;
    const start = this.number(mail, BYTES_START);
    for (let field = 0; field < INTEGERS; field += 1)
      numbers[mail * INTEGERS + field] = numbers[before * INTEGERS + field] ?? 0;
    for (let field = 0; field < TIMES; field += 1) times[mail * TIMES + field] = times[before * TIMES + field] ?? 0;
    this.setNumber(mail, BYTES_START, start);
    this.setNumber(mail, NEXT, 0);
  }

  append(source: Buffer, start: number, length: number): void {
    this.reserve(length);
    const { bytes, bytesEnd } = this;
    for (let index = 0; index < length; index += 1) bytes[bytesEnd + index] = source[start + index] ?? 0;
    this.bytesEnd = bytesEnd + length;
  }

  /** `source` may be this store's own bytes. */
  appendHeader(source: Buffer, start: number, length: number): void {
    this.reserve(length + 2);
    this.bytes[this.bytesEnd] = length & 0xff;
    this.bytes[this.bytesEnd + 1] = length >> 8;
    this.bytesEnd += 2;
    this.append(source, start, length);
  }

  /** The texts of the mail added last are all in. */
  seal(mail: number): void {
    const start = this.number(mail, BYTES_START);
    this.setNumber(mail, BYTES_LENGTH, this.bytesEnd - start);
    const key = start + this.number(mail, QUEUE_ID);
    this.setNumber(mail, KEY_HASH, hashOf(this.bytes, key, key + Math.max(0, this.number(mail, MESSAGE_ID))));
  }

  private reserve(length: number): void {
    if (this.bytesEnd + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytesEnd + length, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.bytesEnd);
    this.bytes = larger;
  }
}
