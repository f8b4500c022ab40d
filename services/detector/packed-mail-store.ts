// small mails that came packed, by message key -> kept packed, in two generations like those of small-mail-store.ts.
// Nearly every mail is one, and is forgotten without being looked at again: it costs a copy of some bytes, and one look at a place of
// memory that is far away. So both generations are found by the same slots.

import { sameMessage, sameQueueId } from "../../shared/domain/packed/compare.ts";
import { KEY_HASH, MESSAGE_ID, REMOVED_AT } from "../../shared/domain/packed/layout.ts";
import { PackedMails } from "../../shared/domain/packed/packed-mails.ts";

const FIRST_SLOTS = 4096;
const PROBES_MAX = 64;
const FREE = 0;
/** A slot whose mail was taken out. */
const TAKEN = -1;

class Generation {
  readonly mails = new PackedMails();
  /** Mails that can be found. */
  size = 0;
  /** Of a slot's place, the bit that says that its mail is of this generation. */
  readonly bit: 0 | 1;

  constructor(bit: 0 | 1) {
    this.bit = bit;
  }

  /** Empties it and keeps its room. */
  clear(): void {
    this.mails.clear();
    this.size = 0;
  }
}

export class PackedMailStore {
  private young = new Generation(0);
  private old = new Generation(1);
  /** By hash slot: a mail's place (its number, from 1, twice, and its generation's bit), and its hash beside it. */
  private slots = new Int32Array(FIRST_SLOTS * 2);
  /** Number of slots less one. */
  private mask = FIRST_SLOTS - 1;
  /** Where `slotOf` could enter what it did not find; -1: nowhere near. */
  private freeSlot = -1;

  /** Mails and room taken in the young generation: a mail taken out leaves its room until then. */
  get youngSize(): number {
    return this.young.mails.count;
  }

  /** Bytes that these take. */
  get youngBytes(): number {
    return this.young.mails.size;
  }

  /** Keeps a mail; false when one with its Message-ID is kept, or too many keys fall on the same slots: somebody made them so. */
  put(mails: PackedMails, mail: number): boolean {
    if (this.slotOf(mails, mail) >= 0 || this.freeSlot < 0) return false;
    const { young } = this;
    const place = (young.mails.takeFrom(mails, mail) + 1) * 2 + young.bit;
    this.slots[this.freeSlot * 2] = place;
    this.slots[this.freeSlot * 2 + 1] = mails.number(mail, KEY_HASH);
    young.size += 1;
    if ((young.mails.count + this.old.mails.count) * 2 > this.mask) this.enterAnew(this.mask * 2 + 1);
    return true;
  }

  /** Shows the mail with a Message-ID and takes it out; it stays readable during the visit. Whoever takes it keeps it by other means. */
  take<T>(key: string, hash: number, visit: (mails: PackedMails, mail: number) => T): T | undefined {
    for (let slot = hash & this.mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & this.mask, probe += 1) {
      const place = this.slots[slot * 2] ?? FREE;
      if (place === FREE) return undefined;
      if (this.slots[slot * 2 + 1] !== hash || place === TAKEN) continue;
      const generation = this.generationOf(place);
      const mail = mailAt(place);
      if (generation.mails.textAt(mail, MESSAGE_ID) !== key) continue;
      this.slots[slot * 2] = TAKEN;
      generation.size -= 1;
      return visit(generation.mails, mail);
    }
    return undefined;
  }

  /** A mail that is kept is gone from its queue at the time that another store has; false when it is not kept. */
  noteRemoved(mails: PackedMails, mail: number): boolean {
    const slot = this.slotOf(mails, mail);
    if (slot < 0) return false;
    const place = this.slots[slot * 2] ?? FREE;
    const kept = this.generationOf(place).mails;
    if (!sameQueueId(kept, mailAt(place), mails, mail)) return false;
    kept.setTime(mailAt(place), REMOVED_AT, mails.time(mail, REMOVED_AT));
    return true;
  }

  /** The young become the old; the old are forgotten. Returns how many these were. */
  rotate(): number {
    const emptied = this.old;
    const forgotten = emptied.size;
    emptied.clear();
    this.old = this.young;
    this.young = emptied;
    this.enterAnew(this.mask);
    return forgotten;
  }

  /** Slot of the mail with the Message-ID of another store's mail; -1 when there is none. */
  private slotOf(others: PackedMails, other: number): number {
    const { slots, mask } = this;
    const hash = others.number(other, KEY_HASH);
    this.freeSlot = -1;
    for (let slot = hash & mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & mask, probe += 1) {
      const place = slots[slot * 2] ?? FREE;
      if (place <= FREE && this.freeSlot < 0) this.freeSlot = slot;
      if (place === FREE) return -1;
      if (slots[slot * 2 + 1] !== hash || place === TAKEN) continue;
      if (sameMessage(this.generationOf(place).mails, mailAt(place), others, other)) return slot;
    }
    return -1;
  }

  private generationOf(place: number): Generation {
    return (place & 1) === this.young.bit ? this.young : this.old;
  }

  /** Enters those that are not forgotten into new slots. */
  private enterAnew(mask: number): void {
    const before = this.slots;
    this.slots = new Int32Array((mask + 1) * 2);
    this.mask = mask;
    for (let at = 0; at < before.length; at += 2) {
      const place = before[at] ?? FREE;
      if (place > FREE && mailAt(place) < this.generationOf(place).mails.count) this.set(place, before[at + 1] ?? 0);
    }
  }

  private set(place: number, hash: number): void {
    for (let slot = hash & this.mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & this.mask, probe += 1) {
      if (this.slots[slot * 2] !== FREE) continue;
      this.slots[slot * 2] = place;
      this.slots[slot * 2 + 1] = hash;
      return;
    }
    this.generationOf(place).size -= 1;
  }
}

/** Number of the mail in its generation. */
function mailAt(place: number): number {
  return (place >> 1) - 1;
}
