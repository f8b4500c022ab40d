// Open mails that are simple: kept packed, found by host and queue id. A mail leaves when it is no longer simple (it is then
// an OpenMail), or when its time is over.

import type { FragmentSlab } from "../../shared/domain/packed/fragment-slab.ts";
import * as slabs from "../../shared/domain/packed/fragment-slab.ts";
import { addNumbers, differs, isOf, isSimple, packAnew, packRecord } from "../../shared/domain/packed/from-slab.ts";
import {
  BOUNCED,
  DELIVERED,
  HASH,
  LAST_AT,
  MINUTE,
  NEXT,
  NRCPT,
  REMOVED_AT,
  STATE,
} from "../../shared/domain/packed/layout.ts";
import { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { MailTableCounters, MailTableSettings } from "./mail-table.ts";

// What STATE says of a mail, besides AUTOMATIC.
/** It has been passed on. */
export const TOLD = 2;
/** It has a place in the queue. */
export const WAITING = 4;
/** It is not in the table any more: forgotten, or an OpenMail. */
const GONE = 8;

const FIRST_SLOTS = 1024;
/** Mails from which on it is worth looking for those that are over. */
const SWEEP_COUNT_MIN = 2048;
/** Bytes that the open mails may take; beyond them the oldest are forgotten. */
const PACKED_BYTES_MAX = 64 * 1024 * 1024;
/** A slot whose mail has gone. */
const LEFT = -1;
/** Part of the room that is made at once, so that making it is rare. */
const EVICTED_SHARE = 0.05;
/** The same of the bytes: each time all that stays is copied. */
const EVICTED_BYTES_SHARE = 0.3;

type Counters = Pick<MailTableCounters, "incomplete" | "evictedForRoom" | "evictedForSilence">;

export class PackedTable {
  mails = new PackedMails();
  private spare = new PackedMails();
  private sweepCount = SWEEP_COUNT_MIN;
  /** End of the latest slice, ms since the epoch. A field: handed on for every record, a time would be an object each. */
  nowMs = Number.NEGATIVE_INFINITY;
  /** Mails in the table. */
  size = 0;
  readonly counters: Counters = { incomplete: 0, evictedForRoom: 0, evictedForSilence: 0 };
  private readonly settings: MailTableSettings;
  /** By hash slot: a mail's number, from 1. */
  private slots = new Int32Array(FIRST_SLOTS);
  private slotsUsed = 0;

  constructor(settings: MailTableSettings) {
    this.settings = settings;
  }

  /** The mail that a record speaks of by its host and queue id; -1 when there is none. */
  find(slab: FragmentSlab, record: number): number {
    const mask = this.slots.length - 1;
    for (let slot = slab.number(record, slabs.HASH) & mask; ; slot = (slot + 1) & mask) {
      const place = this.slots[slot] ?? 0;
      if (place === 0) return -1;
      if (place === LEFT || !isOf(this.mails, place - 1, slab, record)) continue;
      if (!this.mails.isRemoved(place - 1) || !this.isOver(place - 1)) return place - 1;
      this.forget(place - 1);
      return -1;
    }
  }

  /** Opens a mail with its first record; -1 when it is not simple. */
  open(slab: FragmentSlab, record: number): number {
    if (!isSimple(slab, record)) return -1;
    const mail = packRecord(this.mails, slab, record);
    this.enter(mail);
    this.size += 1;
    return mail;
  }

  /** Adds what a record says; returns the mail's number from now on, -1 when the mail would no longer be simple. */
  absorb(mail: number, slab: FragmentSlab, record: number): number {
    const { mails } = this;
    if ((mails.number(mail, STATE) & TOLD) !== 0 || !isSimple(slab, record)) return -1;
    const removedAt = mails.time(mail, REMOVED_AT);
    if (slab.timeAt(record, slabs.FIRST_AT) > removedAt + this.settings.lifeEndMs) return -1;
    const minute = Math.floor(slab.startMs / MINUTE_MS);
    const attempts =
      slab.number(record, slabs.DELIVERED) + slab.number(record, slabs.DEFERRED) + slab.number(record, slabs.BOUNCED);
    if (attempts > 0 && mails.attempts(mail) > 0 && mails.number(mail, MINUTE) !== minute) return -1;
    const difference = differs(mails, mail, slab, record);
    if (difference === "contrary") return -1;
    const now = difference === "some" ? this.renew(mail, slab, record) : mail;
    if (attempts > 0) mails.setNumber(now, MINUTE, minute);
    addNumbers(mails, now, slab, record);
    return now;
  }

  /** Takes a mail out of the table; it stays readable until the next sweep, and while it waits. */
  remove(mail: number): void {
    const { mails } = this;
    const mask = this.slots.length - 1;
    for (let slot = mails.number(mail, HASH) & mask; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.slots[slot] !== mail + 1) continue;
      this.slots[slot] = LEFT;
      break;
    }
    mails.setNumber(mail, STATE, mails.number(mail, STATE) | GONE);
    this.size -= 1;
  }

  /** The mail's number now: a number stays good until the next sweep. */
  current(mail: number): number {
    for (let now = mail; ;) {
      const next = this.mails.number(now, NEXT);
      if (next === 0) return now;
      now = next - 1;
    }
  }

  /** Forgotten, or an OpenMail by now. */
  isGone(mail: number): boolean {
    return this.has(mail, GONE);
  }

  has(mail: number, state: number): boolean {
    return (this.mails.number(mail, STATE) & state) !== 0;
  }

  mark(mail: number, state: number, on: boolean): void {
    const before = this.mails.number(mail, STATE);
    this.mails.setNumber(mail, STATE, on ? before | state : before & ~state);
  }

  /** Is it time for a sweep: has the store twice what the last one left, or are there more mails than there is room for? */
  needsSweep(room: number): boolean {
    return this.mails.count >= this.sweepCount || this.size > room || this.mails.size > PACKED_BYTES_MAX;
  }

  /**
   * Forgets the mails whose time is over, and the oldest where there are more than `room`, and packs the rest anew.
   * Returns the new number of each mail by its old one, from 1; 0: gone.
   */
  sweep(room: number): Int32Array {
    const { mails } = this;
    this.forgetOver();
    // Long header lines fill the store before there are many mails.
    const bytesRoom = Math.floor((PACKED_BYTES_MAX / (mails.size + 1)) * mails.count);
    if (this.size > bytesRoom) this.forgetOldest(this.size - Math.floor(bytesRoom * (1 - EVICTED_BYTES_SHARE)));
    if (this.size > room) this.forgetOldest(this.size - Math.floor(room * (1 - EVICTED_SHARE)));
    const packed = this.spare;
    packed.clear();
    const numbers = new Int32Array(mails.count);
    for (let mail = 0; mail < mails.count; mail += 1) {
      const isLeft = this.has(mail, GONE) && !this.has(mail, WAITING);
      if (!isLeft && mails.number(mail, NEXT) === 0) numbers[mail] = packed.takeFrom(mails, mail) + 1;
    }
    for (let mail = 0; mail < mails.count; mail += 1) {
      if (mails.number(mail, NEXT) !== 0) numbers[mail] = numbers[this.current(mail)] ?? 0;
    }
    this.spare = mails;
    this.mails = packed;
    this.sweepCount = Math.max(SWEEP_COUNT_MIN, packed.count * 2);
    this.slots.fill(0);
    this.slotsUsed = 0;
    for (let mail = 0; mail < packed.count; mail += 1) if (!this.has(mail, GONE)) this.enter(mail);
    return numbers;
  }

  /** Forgets the mails whose time is over, so that they are counted. */
  forgetOver(): void {
    for (let mail = 0; mail < this.mails.count; mail += 1) {
      if (!this.has(mail, GONE) && this.mails.number(mail, NEXT) === 0 && this.isOver(mail)) this.forget(mail);
    }
  }

  private forgetOldest(surplus: number): void {
    const { mails } = this;
    for (let mail = 0; surplus > 0 && mail < mails.count; mail += 1) {
      if (this.has(mail, GONE) || mails.number(mail, NEXT) !== 0) continue;
      if (!mails.isComplete(mail)) this.counters.incomplete += 1;
      else if (!mails.isRemoved(mail) && !this.isSettled(mail)) this.counters.evictedForRoom += 1;
      this.remove(mail);
      surplus -= 1;
    }
  }

  /** No line of it is still to come, or to be waited for. */
  private isOver(mail: number): boolean {
    const { mails, settings, nowMs } = this;
    const isComplete = mails.isComplete(mail);
    const isToBeTold = isComplete && !this.has(mail, TOLD);
    if (mails.isRemoved(mail)) return !isToBeTold && mails.time(mail, REMOVED_AT) + settings.removedKeptMs <= nowMs;
    const silentMs = nowMs - mails.time(mail, LAST_AT);
    if (isComplete && silentMs >= settings.settledKeptMs && !isToBeTold && this.isSettled(mail)) return true;
    return silentMs >= (isComplete ? settings.silentKeptMs : settings.incompleteKeptMs);
  }

  /** Every recipient got it or lost it. */
  private isSettled(mail: number): boolean {
    const { mails } = this;
    return mails.number(mail, DELIVERED) + mails.number(mail, BOUNCED) >= mails.number(mail, NRCPT);
  }

  private forget(mail: number): void {
    if (!this.mails.isComplete(mail)) this.counters.incomplete += 1;
    else if (!this.mails.isRemoved(mail) && !this.isSettled(mail)) this.counters.evictedForSilence += 1;
    this.remove(mail);
  }

  /** The mail with the texts that a record adds, under a new number. */
  private renew(mail: number, slab: FragmentSlab, record: number): number {
    const { mails } = this;
    const renewed = packAnew(mails, mail, slab, record);
    const mask = this.slots.length - 1;
    let slot = mails.number(mail, HASH) & mask;
    while (this.slots[slot] !== mail + 1) slot = (slot + 1) & mask;
    this.slots[slot] = renewed + 1;
    mails.setNumber(mail, NEXT, renewed + 1);
    return renewed;
  }

  private enter(mail: number): void {
    if ((this.slotsUsed + 1) * 2 > this.slots.length) this.growSlots();
    const mask = this.slots.length - 1;
    let slot = this.mails.number(mail, HASH) & mask;
    while ((this.slots[slot] ?? 0) > 0) slot = (slot + 1) & mask;
    if (this.slots[slot] === 0) this.slotsUsed += 1;
    this.slots[slot] = mail + 1;
  }

  private growSlots(): void {
    const places = this.slots.filter((place) => place > 0);
    let length = FIRST_SLOTS;
    while (length < places.length * 4) length *= 2;
    this.slots = new Int32Array(length);
    this.slotsUsed = 0;
    for (const place of places) this.enter(place - 1);
  }
}
