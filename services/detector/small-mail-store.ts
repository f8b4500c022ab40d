// small mails (one queue id, few recipients) by message key -> kept as bytes and numbers, not as objects.
// Nearly every mail is one, and is forgotten without being looked at again: so it must cost the garbage collector nothing.
//
// Two generations: when the young one is half the bound, or old enough, it becomes the old one, and what was old is
// forgotten whole. A later word on a mail is a new record, and the room of the old one is dead until the generation is full:
// then what is dead is squeezed out where it is a good part, and there is more room only where it is not. So the store holds
// no more than a few times what is live in it, however often a mail is revised.

import {
  readSmallMail,
  SMALL_MAIL_NUMBERS,
  type SmallMail,
  type SmallMailEntry,
  smallMailText,
  writeSmallMailNumbers,
} from "./small-mail.ts";

const FIRST_RECORDS = 1024;
const FIRST_TEXT_BYTES = 262_144;
/** UTF-8 takes three bytes a UTF-16 unit at most. */
const BYTES_PER_UNIT = 3;
const PROBES_MAX = 64;
const FREE = 0;
/** A slot whose record was taken out. */
const TAKEN = -1;

/** Room is made by squeezing out the dead where these are at least so much of it. */
const DEAD_SHARE = 0.25;

class Generation {
  /** Records that can be found, and how much their texts take. */
  size = 0;
  liveBytes = 0;
  /** By hash slot: the number of a record, from 1. */
  private slots = new Int32Array(FIRST_RECORDS * 2);
  private hashes = new Int32Array(FIRST_RECORDS);
  /** Where the text of a record begins; where the next begins, it ends. */
  private textStarts = new Int32Array(FIRST_RECORDS + 1);
  private numbers = new Float64Array(FIRST_RECORDS * SMALL_MAIL_NUMBERS);
  private texts = Buffer.allocUnsafe(FIRST_TEXT_BYTES);
  private textEnd = 0;
  private next = 1;

  /** False when no record has that hash. */
  mayHold(hash: number): boolean {
    if (this.size === 0) return false;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const record = this.slots[slot] ?? FREE;
      if (record === FREE) return false;
      if (record !== TAKEN && this.hashes[record] === hash) return true;
      slot = (slot + 1) & mask;
    }
    return false;
  }

  /** Takes a record out and returns it. */
  take(key: string, hash: number): SmallMail | undefined {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      const record = this.slots[slot] ?? FREE;
      if (record === FREE) return undefined;
      if (record !== TAKEN && this.hashes[record] === hash) {
        const small = this.read(record);
        if (small.key === key) {
          this.slots[slot] = TAKEN;
          this.size -= 1;
          this.liveBytes -= this.textBytes(record);
          return small;
        }
      }
      slot = (slot + 1) & mask;
    }
    return undefined;
  }

  /** False when too many keys fall on the same slots: somebody made them so. */
  enter({ event, key, hash, counts }: SmallMailEntry): boolean {
    const text = smallMailText(event, key, counts.more);
    this.makeRoom(text.length * BYTES_PER_UNIT);
    const record = this.next;
    const slot = this.freeSlot(hash);
    if (slot < 0) return false;
    this.textEnd += this.texts.write(text, this.textEnd, "utf8");
    this.textStarts[record + 1] = this.textEnd;
    this.liveBytes += this.textBytes(record);
    this.hashes[record] = hash;
    writeSmallMailNumbers(event, counts, this.numbers, record * SMALL_MAIL_NUMBERS);
    this.slots[slot] = record;
    this.next += 1;
    this.size += 1;
    return true;
  }

  /** Empties it and keeps its room. */
  clear(): void {
    this.slots.fill(FREE);
    this.next = 1;
    this.size = 0;
    this.liveBytes = 0;
    this.textEnd = 0;
  }

  /** Bytes of all its arrays. */
  get bytes(): number {
    const { slots, hashes, textStarts, numbers, texts } = this;
    return slots.byteLength + hashes.byteLength + textStarts.byteLength + numbers.byteLength + texts.length;
  }

  each(visit: (small: SmallMail) => void): void {
    for (const record of this.slots) if (record > FREE) visit(this.read(record));
  }

  private textBytes(record: number): number {
    return (this.textStarts[record + 1] ?? 0) - (this.textStarts[record] ?? 0);
  }

  private read(record: number): SmallMail {
    const text = this.texts.toString("utf8", this.textStarts[record], this.textStarts[record + 1]);
    return readSmallMail(text, this.numbers, record * SMALL_MAIL_NUMBERS);
  }

  private freeSlot(hash: number): number {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < PROBES_MAX; probe += 1) {
      if ((this.slots[slot] ?? FREE) <= FREE) return slot;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** Room for one more record and so much text. */
  private makeRoom(textBytes: number): void {
    const isFull = (): boolean => this.next >= this.hashes.length || this.textEnd + textBytes > this.texts.length;
    if (!isFull()) return;
    const deadRecords = this.next - 1 - this.size;
    const deadBytes = this.textEnd - this.liveBytes;
    if (deadRecords >= this.hashes.length * DEAD_SHARE || deadBytes >= this.texts.length * DEAD_SHARE) this.squeeze();
    if (this.next >= this.hashes.length) this.growRecords();
    const needed = this.textEnd + textBytes;
    if (needed <= this.texts.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.texts.length * 2));
    this.texts.copy(larger, 0, 0, this.textEnd);
    this.texts = larger;
  }

  /** Moves the live records together, in their order, over the dead ones. */
  private squeeze(): void {
    const live = this.slots.filter((record) => record > FREE).sort();
    let next = 1;
    let textEnd = 0;
    for (const record of live) {
      const from = this.textStarts[record] ?? 0;
      const to = this.textStarts[record + 1] ?? 0;
      this.texts.copyWithin(textEnd, from, to);
      this.hashes[next] = this.hashes[record] ?? 0;
      this.numbers.copyWithin(
        next * SMALL_MAIL_NUMBERS,
        record * SMALL_MAIL_NUMBERS,
        (record + 1) * SMALL_MAIL_NUMBERS,
      );
      // The end of the record before is known already: `record` is never before `next`.
      textEnd += to - from;
      this.textStarts[next + 1] = textEnd;
      next += 1;
    }
    this.next = next;
    this.textEnd = textEnd;
    this.enterSlots(live.map((_, index) => index + 1));
  }

  private growRecords(): void {
    const { hashes, textStarts, numbers } = this;
    this.hashes = new Int32Array(hashes.length * 2);
    this.hashes.set(hashes);
    this.textStarts = new Int32Array(hashes.length * 2 + 1);
    this.textStarts.set(textStarts);
    this.numbers = new Float64Array(numbers.length * 2);
    this.numbers.set(numbers);
    const live = this.slots.filter((record) => record > FREE);
    this.slots = new Int32Array(hashes.length * 4);
    this.enterSlots(live);
  }

  private enterSlots(records: Int32Array): void {
    this.slots.fill(FREE);
    for (const record of records) {
      const slot = this.freeSlot(this.hashes[record] ?? 0);
      if (slot >= 0) this.slots[slot] = record;
      else {
        this.size -= 1;
        this.liveBytes -= this.textBytes(record);
      }
    }
  }
}

export class SmallMailStore {
  private young = new Generation();
  private old = new Generation();

  get youngSize(): number {
    return this.young.size;
  }

  /** Bytes of the texts that can be found in the young generation. */
  get youngBytes(): number {
    return this.young.liveBytes;
  }

  /** Shows every mail of the young generation. */
  eachYoung(visit: (small: SmallMail) => void): void {
    this.young.each(visit);
  }

  /** Bytes taken from the system. */
  get bytes(): number {
    return this.young.bytes + this.old.bytes;
  }

  /** False when no mail has a key of that hash. */
  mayHold(hash: number): boolean {
    return this.young.mayHold(hash) || this.old.mayHold(hash);
  }

  /** Takes a mail out under its key, or undefined. Whoever takes it puts it back, or makes something larger of it. */
  take(key: string, hash: number): SmallMail | undefined {
    return this.young.take(key, hash) ?? this.old.take(key, hash);
  }

  /** False when there was no room for it. */
  put(entry: SmallMailEntry): boolean {
    return this.young.enter(entry);
  }

  /** The young become the old; the old are forgotten. Returns how many these were. */
  rotate(): number {
    const emptied = this.old;
    const forgotten = emptied.size;
    emptied.clear();
    this.old = this.young;
    this.young = emptied;
    return forgotten;
  }
}
