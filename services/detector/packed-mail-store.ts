// small mails that came packed, by message key -> kept packed, in two generations like those of small-mail-store.ts.
// Nearly every mail is one, and is forgotten without being looked at again: it costs a copy of some bytes.

import { sameMessage, sameQueueId } from "../../shared/domain/packed/compare.ts";
import { KEY_HASH, MESSAGE_ID, REMOVED_AT } from "../../shared/domain/packed/layout.ts";
import { PackedMails } from "../../shared/domain/packed/packed-mails.ts";

const FIRST_SLOTS = 2048;
const PROBES_MAX = 64;
const FREE = 0;
/** A slot whose mail was taken out. */
const TAKEN = -1;

class Generation {
  readonly mails = new PackedMails();
  /** Mails that can be found. */
  size = 0;
  /** By hash slot: a mail's number, from 1, and its hash beside it, so that a look at a slot is a look at one place. */
  private slots = new Int32Array(FIRST_SLOTS * 2);
  /** Number of slots less one. */
  private mask = FIRST_SLOTS - 1;
  /** Where `slotOf` could enter what it did not find; -1: nowhere near. */
  private freeSlot = -1;

  /** Slot of the mail with the Message-ID of another store's mail; -1 when there is none. */
  slotOf(others: PackedMails, other: number): number {
    const hash = others.number(other, KEY_HASH);
    this.freeSlot = -1;
    for (let slot = hash & this.mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & this.mask, probe += 1) {
      const place = this.slots[slot * 2] ?? FREE;
      if (place <= FREE && this.freeSlot < 0) this.freeSlot = slot;
      if (place === FREE) return -1;
      if (this.slots[slot * 2 + 1] !== hash || place === TAKEN) continue;
      if (sameMessage(this.mails, place - 1, others, other)) return slot;
    }
    return -1;
  }

  slotOfKey(key: string, hash: number): number {
    for (let slot = hash & this.mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & this.mask, probe += 1) {
      const place = this.slots[slot * 2] ?? FREE;
      if (place === FREE) return -1;
      if (this.slots[slot * 2 + 1] !== hash || place === TAKEN) continue;
      if (this.mails.textAt(place - 1, MESSAGE_ID) === key) return slot;
    }
    return -1;
  }

  mailAt(slot: number): number {
    return (this.slots[slot * 2] ?? 0) - 1;
  }

  /** Takes the mail at a slot out; it stays readable until the store is cleared. */
  take(slot: number): number {
    const mail = this.mailAt(slot);
    this.slots[slot * 2] = TAKEN;
    this.size -= 1;
    return mail;
  }

  /** Enters what `slotOf` has just not found; false when too many keys fall on the same slots: somebody made them so. */
  enter(others: PackedMails, other: number): boolean {
    if (this.freeSlot < 0) return false;
    this.set(this.freeSlot, this.mails.takeFrom(others, other), others.number(other, KEY_HASH));
    this.size += 1;
    if (this.mails.count * 2 > this.mask) this.growSlots();
    return true;
  }

  /** Empties it and keeps its room. */
  clear(): void {
    this.slots.fill(FREE);
    this.mails.clear();
    this.size = 0;
  }

  private set(slot: number, mail: number, hash: number): void {
    this.slots[slot * 2] = mail + 1;
    this.slots[slot * 2 + 1] = hash;
  }

  private growSlots(): void {
    const before = this.slots;
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array((this.mask + 1) * 2);
    for (let at = 0; at < before.length; at += 2) {
      const place = before[at] ?? FREE;
      if (place > FREE) this.enterAnew(place - 1, before[at + 1] ?? 0);
    }
  }

  private enterAnew(mail: number, hash: number): void {
    for (let slot = hash & this.mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & this.mask, probe += 1) {
      if (this.slots[slot * 2] !== FREE) continue;
      this.set(slot, mail, hash);
      return;
    }
    this.size -= 1;
  }
}

export class PackedMailStore {
  private young = new Generation();
  private old = new Generation();

  /** Mails and room taken in the young generation: a mail taken out leaves its room until then. */
  get youngSize(): number {
    return this.young.mails.count;
  }

  /** Bytes that these take. */
  get youngBytes(): number {
    return this.young.mails.size;
  }

  /** Keeps a mail; false when one with its Message-ID is kept, or there is no room for it. */
  put(mails: PackedMails, mail: number): boolean {
    if (this.old.size > 0 && this.old.slotOf(mails, mail) >= 0) return false;
    return this.young.slotOf(mails, mail) < 0 && this.young.enter(mails, mail);
  }

  /** Shows the mail with a Message-ID and takes it out. Whoever takes it keeps it by other means. */
  take<T>(key: string, hash: number, visit: (mails: PackedMails, mail: number) => T): T | undefined {
    for (const generation of [this.young, this.old]) {
      const slot = generation.slotOfKey(key, hash);
      if (slot >= 0) return visit(generation.mails, generation.take(slot));
    }
    return undefined;
  }

  /** A mail that is kept is gone from its queue at the time that another store has; false when it is not kept. */
  noteRemoved(mails: PackedMails, mail: number): boolean {
    for (const generation of [this.young, this.old]) {
      const slot = generation.slotOf(mails, mail);
      if (slot < 0) continue;
      const known = generation.mailAt(slot);
      if (!sameQueueId(generation.mails, known, mails, mail)) return false;
      generation.mails.setTime(known, REMOVED_AT, mails.time(mail, REMOVED_AT));
      return true;
    }
    return false;
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
