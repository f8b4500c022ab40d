// records of fragments -> mails: joins what is known of one queue id, and says it when it is known.
//
// Two ways to release it. `ordered` (replay): slices of event time come complete and in order, and a mail is released
// in order of time, host and queue id, once every recipient was tried or enough of them to know it by (isDue); what comes
// later is a revision at the end of its minute. So the output depends on the set of lines alone. `immediate` (live): as soon as
// message id and recipients are known; revisions when the caller asks, at most one a second.
//
// In ordered release a mail is kept packed as long as it is simple, and told so (packed-lane.ts).

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { FragmentSlab } from "../../shared/domain/packed/fragment-slab.ts";
import * as slabs from "../../shared/domain/packed/fragment-slab.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { fragmentAt } from "../../shared/domain/packed/slab-fragments.ts";
import type {
  AssemblerCounters,
  AssemblerDeps,
  AssemblerSettings,
  MailSink,
  SliceOfMail,
} from "./assembler-settings.ts";
import { takeFragment } from "./mail-intake.ts";
import { MailTable } from "./mail-table.ts";
import type { OpenMail } from "./open-mail.ts";
import { isComplete, isDue } from "./open-mail.ts";
import { NOT_SIMPLE, PackedLane } from "./packed-lane.ts";
import { WAITING } from "./packed-table.ts";
import { Places } from "./places.ts";
import { enqueue, recordsInOrder } from "./slice-order.ts";
import { AssemblerState, type AssemblerNumbers } from "./state/assembler-state.ts";
import { Telling } from "./telling.ts";
import { TurnQueue } from "./turn-queue.ts";
import { placeOf, type Waiting, waitingEvent } from "./waiting.ts";

const isReleased = (mail: OpenMail): boolean => mail.event !== undefined;

/** Mutable; no clock: time comes with the fragments. */
export class Assembler {
  private readonly settings: AssemblerSettings;
  private readonly deps: AssemblerDeps;
  private readonly table: MailTable;
  /** In order of time within what came complete. */
  private readonly queue = new TurnQueue();
  private readonly lane: PackedLane;
  private readonly telling: Telling;
  private readonly own = { accepted: 0, expiredFragments: 0, releasedEarly: 0 };
  private revisedUpToMs = Number.NEGATIVE_INFINITY;
  /** End of the latest slice, or the watermark. */
  private nowMs = Number.NEGATIVE_INFINITY;
  /** Of the slice at hand: records, and what it gave a place in the queue. */
  private readonly records = new Places();
  private readonly accepted = new Places();

  constructor(settings: AssemblerSettings, deps: AssemblerDeps) {
    this.settings = settings;
    this.deps = deps;
    this.table = new MailTable(settings);
    this.telling = new Telling(this.table, deps.people);
    this.lane = new PackedLane(settings, { ...deps, open: this.table, queue: this.queue });
  }

  get counters(): AssemblerCounters {
    const simple = this.lane.table;
    simple.forgetOver();
    const { incomplete, evictedForRoom, evictedForSilence, reusedQueueIds } = this.table.counters;
    return {
      ...this.own,
      incomplete: incomplete + simple.counters.incomplete,
      evictedForRoom: evictedForRoom + simple.counters.evictedForRoom,
      evictedForSilence: evictedForSilence + simple.counters.evictedForSilence,
      reusedQueueIds,
    };
  }

  get openMails(): number {
    this.lane.table.forgetOver();
    return this.table.size + this.lane.table.size;
  }

  /**
   * `ordered`: takes a complete slice; slices come in order, late ones excepted.
   * Returns the watermark: every mail taken in before it has been given to `sink`.
   */
  applySlice(slice: SliceOfMail, sink: MailSink): number {
    this.nowMs = Math.max(this.nowMs, slice.endMs);
    this.lane.table.nowMs = this.nowMs;
    this.apply(slice, sink);
    this.release(sink);
    this.table.evict(this.nowMs, isReleased, this.lane.roomForOthers);
    this.lane.sweep();
    const watermark = Math.min(this.queue.nextTime, this.nowMs);
    this.reviseUpTo(watermark, sink);
    return watermark;
  }

  /** `ordered`: the input ended. All that was accepted is released; no time passes. */
  finish(sink: MailSink): void {
    while (this.queue.size > 0) this.emitNext(this.lane.packedAt(this.queue.next), sink);
    this.emitRevisions(sink);
  }

  /** `immediate`: takes what arrived; first events at once, revisions by `emitRevisions`. */
  applyNow(arrived: Pick<SliceOfMail, "slab" | "events">, watermark: number, sink: MailSink): void {
    this.nowMs = Math.max(this.nowMs, watermark);
    this.lane.table.nowMs = this.nowMs;
    this.apply(arrived, undefined);
    while (this.queue.size > 0) {
      const next = this.queue.other(this.queue.next);
      this.dequeueOther(next);
      // What is not complete has a place again when it is.
      if (next !== undefined) this.emitFirst(next, sink);
    }
    this.table.evict(this.nowMs, isReleased, this.settings.openMailsMax);
  }

  /** Says again what changed since it was last said, in order of time, host and queue id; deliveries up to `untilMs` only. */
  emitRevisions(sink: MailSink, untilMs = Number.POSITIVE_INFINITY): void {
    this.telling.revise(sink, untilMs);
  }

  /** `immediate`: from now on what changes is noted, for a state that another assembler can go on from. */
  keepState(): AssemblerState {
    const numbers = (): AssemblerNumbers => ({ nowMs: this.nowMs, ...this.own });
    const restore = (read: AssemblerNumbers, mails: readonly OpenMail[]): void => {
      const { nowMs, accepted, expiredFragments, releasedEarly } = read;
      Object.assign(this.own, { accepted, expiredFragments, releasedEarly });
      this.nowMs = nowMs;
      this.telling.restore(mails);
    };
    return new AssemblerState(this.table, { numbers, restore }, this.deps.site);
  }

  /** `immediate`: time passes, whether or not anything arrived. To be called now and then. */
  passTime(watermark: number): void {
    this.nowMs = Math.max(this.nowMs, watermark);
    this.table.examineMore();
    this.table.evict(this.nowMs, isReleased, this.settings.openMailsMax);
  }

  /** `immediate`: our clock was ahead; the watermark is `watermark` from now on. */
  setBack(watermark: number): void {
    this.nowMs = watermark;
    this.table.setBack(watermark);
  }

  /** `ordered`: deliveries of a minute are told once every mail taken in before its end has been. */
  private reviseUpTo(watermark: number, sink: MailSink): void {
    const minuteMs = Math.floor(watermark / MINUTE_MS) * MINUTE_MS;
    if (minuteMs <= this.revisedUpToMs) return;
    this.revisedUpToMs = minuteMs;
    this.emitRevisions(sink, minuteMs);
  }

  /** `packedSink`: who hears of packed mails; undefined when none is to be packed. */
  private apply({ slab, events }: Pick<SliceOfMail, "slab" | "events">, packedSink: MailSink | undefined): void {
    const oldestMs = this.nowMs - this.settings.expiredAfterMs;
    const { records } = this;
    recordsInOrder(slab, this.deps.hostNames, records);
    for (let index = 0; index < records.length; index += 1) {
      const record = records.at(index);
      if (slab.timeAt(record, slabs.LAST_AT) < oldestMs) this.own.expiredFragments += 1;
      else if (packedSink === undefined || !this.takePacked(slab, record, packedSink))
        this.applyFragment(fragmentAt(slab, record, this.deps));
    }
    for (const event of events) this.accept(waitingEvent(event));
    enqueue(this.accepted, this.queue, this.lane.turns);
  }

  /** False for a record that is to go into an open mail. */
  private takePacked(slab: FragmentSlab, record: number, sink: MailSink): boolean {
    const accepted = this.lane.apply(slab, record, sink);
    if (accepted >= 0) this.accepted.push(accepted);
    return accepted !== NOT_SIMPLE;
  }

  private applyFragment(fragment: MailFragment): void {
    const mail = takeFragment(fragment, this.table, this.telling);
    if (mail !== undefined) this.accept(placeOf(mail));
  }

  private accept(waiting: Waiting): void {
    this.accepted.push(this.queue.ticketFor(waiting));
  }

  private release(sink: MailSink): void {
    while (this.queue.size > 0) {
      const packed = this.lane.packedAt(this.queue.next);
      if (!this.isNextDue(packed)) {
        if (this.queue.size <= this.settings.waitingMax) return;
        this.own.releasedEarly += 1;
      }
      // One not accepted in all that time no longer holds up the others.
      this.emitNext(packed, sink);
    }
  }

  /** Nothing that still comes can be expected to change what the mail at the head is: who wrote it, to whom, to which lists. */
  private isNextDue(packed: number): boolean {
    const ageMs = this.nowMs - this.queue.nextTime;
    if (ageMs >= this.settings.releaseAgeMs) return true;
    if (packed >= 0) return this.lane.isDue(packed, ageMs);
    const mail = this.lane.otherAt(this.queue.next)?.mail;
    return mail === undefined || isDue(mail, ageMs, this.settings);
  }

  /** Takes what is at the head (`packed`: the packed mail there, or -1) and tells it, if it is complete. */
  private emitNext(packed: number, sink: MailSink): void {
    const { queue, lane } = this;
    this.reviseUpTo(queue.nextTime, sink);
    if (packed < 0) {
      const other = lane.otherAt(queue.next);
      this.dequeueOther(other);
      if (other !== undefined) this.emitFirst(other, sink);
      return;
    }
    queue.shift(packed);
    lane.table.mark(packed, WAITING, false);
    if (!lane.table.mails.isComplete(packed)) return;
    this.own.accepted += 1;
    if (!lane.tell(packed, sink)) this.telling.tell(lane.unpack(packed), this.nowMs, sink);
  }

  private dequeueOther(other: Waiting | undefined): void {
    if (other?.mail !== undefined) other.mail.waiting = false;
    this.queue.shift(this.lane.leave(this.queue.next));
  }

  private emitFirst({ mail, given }: Waiting, sink: MailSink): void {
    if (given !== undefined) sink.event(given);
    else if (mail !== undefined && mail.event === undefined && isComplete(mail)) {
      this.own.accepted += 1;
      this.telling.tell(mail, this.nowMs, sink);
    }
  }
}
