// The way of a simple mail: from the records of slices to a packed mail that is told as it is. What is not simple, or no longer,
// is an OpenMail: it is taken apart here, and goes the other way.

import type { FragmentSlab } from "../../shared/domain/packed/fragment-slab.ts";
import * as slabs from "../../shared/domain/packed/fragment-slab.ts";
import * as packed from "../../shared/domain/packed/layout.ts";
import type { AssemblerDeps, AssemblerSettings, MailSink } from "./assembler-settings.ts";
import { mailEventFromMail } from "./mail-event-from-mail.ts";
import type { MailTable } from "./mail-table.ts";
import { isTried, type OpenMail } from "./open-mail.ts";
import { isAutomatic } from "./packed-automatic.ts";
import { PackedTable, TOLD, WAITING } from "./packed-table.ts";
import { PackedTurns } from "./slice-order.ts";
import type { Ticket, TurnQueue } from "./turn-queue.ts";
import { openPacked } from "./unpack.ts";
import { placeOf, type Waiting } from "./waiting.ts";

/** What became of a record: a mail was accepted by it (its number), or nothing is to be done, or it is not for packed mails. */
const TAKEN = -1;
export const NOT_SIMPLE = -2;

export class PackedLane {
  readonly table: PackedTable;
  readonly turns: PackedTurns;
  private readonly settings: AssemblerSettings;
  private readonly deps: AssemblerDeps;
  private readonly open: MailTable;
  private readonly queue: TurnQueue;

  constructor(
    settings: AssemblerSettings,
    deps: AssemblerDeps & { readonly open: MailTable; readonly queue: TurnQueue },
  ) {
    this.settings = settings;
    this.deps = deps;
    this.open = deps.open;
    this.queue = deps.queue;
    this.table = new PackedTable(settings);
    this.turns = new PackedTurns(this.table, deps.hostNames);
  }

  /** Takes a record in. Returns the number of the mail that has a place in the queue by it, TAKEN or NOT_SIMPLE. */
  apply(slab: FragmentSlab, record: number, sink: MailSink): number {
    const mail = this.table.find(slab, record);
    if (mail >= 0) return this.applyTo(mail, slab, record, sink);
    if (this.isOpen(slab, record)) return NOT_SIMPLE;
    const opened = this.table.open(slab, record);
    if (opened < 0) return NOT_SIMPLE;
    return this.isAccepted(opened) ? this.wait(opened) : TAKEN;
  }

  /** The packed mail that a ticket stands for; -1 when it stands for something else. */
  packedAt(ticket: Ticket): number {
    if (ticket < 0) return -1;
    const mail = this.table.current(ticket);
    return this.queue.inPlaceOf(mail) === undefined ? mail : -1;
  }

  /** A ticket's packed mail, if it has one, waits no longer. Returns its number, or the ticket. */
  leave(ticket: Ticket): number {
    if (ticket < 0) return ticket;
    const mail = this.table.current(ticket);
    this.table.mark(mail, WAITING, false);
    return mail;
  }

  /** Open mails there may be beside the packed ones, which give up half of all room at most, and take no more. */
  get roomForOthers(): number {
    const { openMailsMax } = this.settings;
    return openMailsMax - Math.min(this.table.size, Math.floor(openMailsMax / 2));
  }

  /** What a ticket stands for when it is no packed mail. */
  otherAt(ticket: Ticket): Waiting | undefined {
    return ticket < 0 ? this.queue.other(ticket) : this.queue.inPlaceOf(this.table.current(ticket));
  }

  /** Nothing that still comes can be expected to change what the mail is. */
  isDue(mail: number, ageMs: number): boolean {
    const { mails } = this.table;
    if (!mails.isComplete(mail)) return ageMs >= this.settings.unacceptedAgeMs;
    const recipients = mails.number(mail, packed.NRCPT);
    return mails.isRemoved(mail) || isTried(mails.attempts(mail), recipients, ageMs, this.settings);
  }

  /** Tells a mail as it is; false when it is wanted as an event. */
  tell(mail: number, sink: MailSink): boolean {
    const { table } = this;
    table.mark(mail, packed.AUTOMATIC, isAutomatic(table.mails, mail));
    if (!sink.packed(table.mails, mail)) return false;
    table.mark(mail, TOLD, true);
    table.mails.setTime(mail, packed.TOLD_UNTIL, table.nowMs);
    return true;
  }

  /** Makes an OpenMail of a packed mail, in its place in the queue, and in the table unless it was forgotten there. */
  unpack(mail: number): OpenMail {
    const { table, deps } = this;
    const open = openPacked(table.mails, mail, deps);
    if (table.has(mail, TOLD)) {
      open.toldUntilMs = table.mails.time(mail, packed.TOLD_UNTIL);
      open.event = mailEventFromMail(open, open.toldUntilMs, deps.people);
      open.changed = false;
    }
    if (table.has(mail, WAITING)) this.queue.replace(mail, placeOf(open));
    if (table.isGone(mail)) return open;
    table.remove(mail);
    this.open.adopt(open);
    return open;
  }

  /** Gives back the room of mails that are over; `room`: mails there may be. */
  sweep(): void {
    const { openMailsMax } = this.settings;
    const room = Math.max(Math.floor(openMailsMax / 2), openMailsMax - this.open.size);
    if (this.table.needsSweep(room)) this.queue.renumber(this.table.sweep(room));
  }

  private applyTo(mail: number, slab: FragmentSlab, record: number, sink: MailSink): number {
    const { table } = this;
    if (table.has(mail, TOLD) && this.tellRemoval(mail, slab, record, sink)) return TAKEN;
    const wasAccepted = this.isAccepted(mail);
    const now = table.absorb(mail, slab, record);
    if (now < 0) {
      this.unpack(mail);
      return NOT_SIMPLE;
    }
    if (table.has(now, WAITING) || !this.isAccepted(now)) return TAKEN;
    // One that was passed over and is complete only now has a place in the queue again.
    return !wasAccepted || table.mails.isComplete(now) ? this.wait(now) : TAKEN;
  }

  /** The usual last word on a mail that was told: its queue file is gone. False when the record says anything else. */
  private tellRemoval(mail: number, slab: FragmentSlab, record: number, sink: MailSink): boolean {
    const { mails } = this.table;
    if (mails.isRemoved(mail) || !slab.saysOnlyRemoved(record)) return false;
    mails.setTime(mail, packed.REMOVED_AT, slab.timeAt(record, slabs.REMOVED_AT));
    if (sink.packedRemoved(mails, mail)) {
      mails.setTime(mail, packed.LAST_AT, slab.timeAt(record, slabs.LAST_AT));
      return true;
    }
    mails.setTime(mail, packed.REMOVED_AT, Number.NaN);
    return false;
  }

  private wait(mail: number): number {
    this.table.mark(mail, WAITING, true);
    return mail;
  }

  private isAccepted(mail: number): boolean {
    return !Number.isNaN(this.table.mails.time(mail, packed.ACCEPTED_AT));
  }

  private isOpen(slab: FragmentSlab, record: number): boolean {
    if (this.open.size === 0) return false;
    const host = this.deps.hostNames[slab.number(record, slabs.HOST)] ?? "";
    const start = slab.number(record, slabs.QUEUE_ID);
    return this.open.mayHold(host, slab.bytes, start, start + slab.number(record, slabs.QUEUE_ID + 1));
  }
}
