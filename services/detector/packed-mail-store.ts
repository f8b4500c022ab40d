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
  /** By hash slot: a mail's number, from 1. */
  private slots = new Int32Array(FIRST_SLOTS);

  /** Slot of the mail with the Message-ID of another store's mail; -1 when there is none. */
  slotOf(others: PackedMails, other: number): number {
    const hash = others.number(other, KEY_HASH);
    const mask = this.slots.length - 1;
    for (let slot = hash & mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & mask, probe += 1) {
      const place = this.slots[slot] ?? FREE;
      if (place === FREE) return -1;
      if (place === TAKEN || this.mails.number(place - 1, KEY_HASH) !== hash) continue;
      if (sameMessage(this.mails, place - 1, others, other)) return slot;
    }
    return -1;
  }

  slotOfKey(key: string, hash: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hash & mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & mask, probe += 1) {
      const place = this.slots[slot] ?? FREE;
      if (place === FREE) return -1;
      if (place === TAKEN || this.mails.number(place - 1, KEY_HASH) !== hash) continue;
      if (this.mails.textAt(place - 1, MESSAGE_ID) === key) return slot;
    }
    return -1;
  }

  mailAt(slot: number): number {
    return (this.slots[slot] ?? 0) - 1;
  }

  /** Takes the mail at a slot out; it stays readable until the store is cleared. */
  take(slot: number): number {
    const mail = this.mailAt(slot);
    this.slots[slot] = TAKEN;
    this.size -= 1;
    return mail;
  }

  /** False when too many keys fall on the same slots: somebody made them so. */
  enter(others: PackedMails, other: number): boolean {
    if ((this.mails.count + 1) * 2 > this.slots.length) this.growSlots();
    const slot = this.freeSlot(others.number(other, KEY_HASH));
    if (slot < 0) return false;
    this.slots[slot] = this.mails.takeFrom(others, other) + 1;
    this.size += 1;
    return true;
  }

  /** Empties it and keeps its room. */
  clear(): void {
    this.slots.fill(FREE);
    this.mails.clear();
    this.size = 0;
  }

  private freeSlot(hash: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hash & mask, probe = 0; probe < PROBES_MAX; slot = (slot + 1) & mask, probe += 1) {
      if ((this.slots[slot] ?? FREE) <= FREE) return slot;
    }
    return -1;
  }

  private growSlots(): void {
    const places = this.slots.filter((place) => place > FREE);
    this.slots = new Int32Array(this.slots.length * 2);
    for (const place of places) {
      const slot = this.freeSlot(this.mails.number(place - 1, KEY_HASH));
      if (slot >= 0) this.slots[slot] = place;
      else this.size -= 1;
    }
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

  /** Is a mail with the same Message-ID kept? */
  holds(mails: PackedMails, mail: number): boolean {
    return this.young.slotOf(mails, mail) >= 0 || this.old.slotOf(mails, mail) >= 0;
  }

  /** False when there was no room for it. */
  put(mails: PackedMails, mail: number): boolean {
    return this.young.enter(mails, mail);
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
