// MailFragment -> MailEvent: joins what is known of one queue id, and says it when it is known.
//
// Two ways to release it. `ordered` (replay): slices of event time come complete and in order, and a mail is released
// in order of time, host and queue id, once every recipient was tried or enough of them to know it by (isDue); what comes
// later is a revision at the end of its minute. So the output depends on the set of lines alone. `immediate` (live): as soon as
// message id and recipients are known; revisions when the caller asks, at most one a second.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { Fifo } from "./fifo.ts";
import type { People } from "./mail-event-from-mail.ts";
import { mailEventFromMail, saysTheSame } from "./mail-event-from-mail.ts";
import type { MailTableCounters, MailTableSettings } from "./mail-table.ts";
import { MailTable } from "./mail-table.ts";
import type { OpenMail } from "./open-mail.ts";
import { isComplete, mergeFragment } from "./open-mail.ts";
import { byTurn, inOrder, placeOf, type Waiting, waitingEvent, waitingMail } from "./waiting.ts";

export interface AssemblerSettings extends MailTableSettings {
  /** Age at which a mail that is still queued is released, however little was tried. */
  readonly releaseAgeMs: number;
  /** Age at which it is once `triesMin` deliveries were tried: by then the log shows whether an alias or a list is behind them. */
  readonly triedAgeMs: number;
  readonly triesMin: number;
  /** How long a mail that is not accepted holds up the others: most clients that come so far and no further have gone away. */
  readonly unacceptedAgeMs: number;
  /** Fragments older than this behind the watermark are counted and dropped. */
  readonly expiredAfterMs: number;
  /** Mails that may wait for their turn. */
  readonly waitingMax: number;
}

export const defaultAssemblerSettings: AssemblerSettings = {
  lifeEndMs: 5_000,
  removedKeptMs: 40_000,
  silentKeptMs: 6 * 86_400_000,
  incompleteKeptMs: 1_200_000,
  openMailsMax: 100_000,
  releaseAgeMs: 600_000,
  triedAgeMs: 30_000,
  triesMin: 20,
  unacceptedAgeMs: 60_000,
  expiredAfterMs: 7_200_000,
  waitingMax: 50_000,
};

export interface AssemblerCounters extends MailTableCounters {
  /** Mails of which message id and recipients became known. */
  accepted: number;
  /** Fragments over `expiredAfterMs` behind the watermark. */
  expiredFragments: number;
  /** Mails released before their turn for want of room: the order of time may suffer. */
  releasedEarly: number;
}

export type EventSink = (event: MailEvent) => void;

/** What ingest has to say of one slice of event time, [startMs, endMs). */
export interface SliceOfMail {
  readonly startMs: number;
  readonly endMs: number;
  readonly fragments: readonly MailFragment[];
  /** Mails that came as finished events. */
  readonly events: readonly MailEvent[];
}

const isReleased = (mail: OpenMail): boolean => mail.event !== undefined;

/** Mutable; no clock: time comes with the fragments. */
export class Assembler {
  private readonly settings: AssemblerSettings;
  private readonly people: People;
  private readonly table: MailTable;
  private readonly own = { accepted: 0, expiredFragments: 0, releasedEarly: 0 };
  /** In order of time within what came complete. */
  private readonly waiting = new Fifo<Waiting>();
  private changed: OpenMail[] = [];
  private revisedUpToMs = Number.NEGATIVE_INFINITY;
  /** End of the latest slice, or the watermark. */
  private nowMs = Number.NEGATIVE_INFINITY;

  constructor(settings: AssemblerSettings, people: People) {
    this.settings = settings;
    this.people = people;
    this.table = new MailTable(settings);
  }

  get counters(): AssemblerCounters {
    return { ...this.own, ...this.table.counters };
  }

  get openMails(): number {
    return this.table.size;
  }

  /**
   * `ordered`: takes a complete slice; slices come in order, late ones excepted.
   * Returns the watermark: every mail taken in before it has been given to `sink`.
   */
  applySlice(slice: SliceOfMail, sink: EventSink): number {
    this.apply(inOrder(slice.fragments), slice.events, slice.endMs);
    this.release(sink);
    this.table.evict(this.nowMs, isReleased);
    const watermark = Math.min(this.waiting.peek()?.at ?? this.nowMs, this.nowMs);
    this.reviseUpTo(watermark, sink);
    return watermark;
  }

  /** `ordered`: the input ended. All that was accepted is released; no time passes. */
  finish(sink: EventSink): void {
    for (let next = this.dequeue(); next !== undefined; next = this.dequeue()) this.emitInTurn(next, sink);
    this.emitRevisions(sink);
  }

  /** `immediate`: takes what arrived; first events at once, revisions by `emitRevisions`. */
  applyNow(arrived: Pick<SliceOfMail, "fragments" | "events">, watermark: number, sink: EventSink): void {
    this.apply(arrived.fragments, arrived.events, watermark);
    const held: Waiting[] = [];
    for (let next = this.dequeue(); next !== undefined; next = this.dequeue()) {
      if (next.mail === undefined || isComplete(next.mail)) this.emitFirst(next, sink);
      else if (next.at + this.settings.releaseAgeMs > this.nowMs) held.push(next);
    }
    for (const next of held) this.enqueue(next);
    this.table.evict(this.nowMs, isReleased);
  }

  /** Says again what changed since it was last said, in order of time, host and queue id; deliveries up to `untilMs` only. */
  emitRevisions(sink: EventSink, untilMs = Number.POSITIVE_INFINITY): void {
    if (this.changed.length === 0) return;
    const changed = this.changed.map(waitingMail).toSorted(byTurn);
    this.changed = [];
    for (const { mail } of changed) {
      if (mail === undefined) continue;
      if (untilMs === Number.POSITIVE_INFINITY || mail.toldUntilMs < untilMs) this.emit(mail, untilMs, sink);
      else this.changed.push(mail);
    }
  }

  /** `ordered`: deliveries of a minute are told once every mail taken in before its end has been. */
  private reviseUpTo(watermark: number, sink: EventSink): void {
    const minuteMs = Math.floor(watermark / MINUTE_MS) * MINUTE_MS;
    if (minuteMs <= this.revisedUpToMs) return;
    this.revisedUpToMs = minuteMs;
    this.emitRevisions(sink, minuteMs);
  }

  private emitInTurn(next: Waiting, sink: EventSink): void {
    this.reviseUpTo(next.at, sink);
    this.emitFirst(next, sink);
  }

  private apply(fragments: readonly MailFragment[], events: readonly MailEvent[], nowMs: number): void {
    if (nowMs > this.nowMs) this.nowMs = nowMs;
    const accepted: Waiting[] = events.map(waitingEvent);
    for (const fragment of fragments) {
      if (fragment.lastAt < this.nowMs - this.settings.expiredAfterMs) this.own.expiredFragments += 1;
      else this.applyFragment(fragment, accepted);
    }
    for (const next of accepted.toSorted(byTurn)) this.enqueue(next);
  }

  private applyFragment(fragment: MailFragment, accepted: Waiting[]): void {
    const known = this.table.find(fragment);
    if (known === undefined) {
      const mail = this.table.open(fragment);
      if (fragment.removedAt !== undefined) this.table.noteRemoved(mail);
      if (fragment.acceptedAt !== undefined) accepted.push(placeOf(mail));
      return;
    }
    const { said } = known;
    const wasAccepted = said.acceptedAt !== undefined;
    const wasRemoved = said.removedAt !== undefined;
    if (known.event !== undefined && !known.changed) this.changed.push(known);
    mergeFragment(known, fragment);
    if (!wasRemoved && said.removedAt !== undefined) this.table.noteRemoved(known);
    if (known.waiting || known.event !== undefined || said.acceptedAt === undefined) return;
    // One that was passed over and is complete only now has a place in the queue again.
    if (!wasAccepted || isComplete(known)) accepted.push(placeOf(known));
  }

  private enqueue(next: Waiting): void {
    if (next.mail !== undefined) next.mail.waiting = true;
    this.waiting.push(next);
  }

  private dequeue(): Waiting | undefined {
    const next = this.waiting.shift();
    if (next?.mail !== undefined) next.mail.waiting = false;
    return next;
  }

  private release(sink: EventSink): void {
    for (let next = this.waiting.peek(); next !== undefined; next = this.waiting.peek()) {
      if (!this.isDue(next)) {
        if (this.waiting.size <= this.settings.waitingMax) return;
        this.own.releasedEarly += 1;
      }
      this.dequeue();
      // One not accepted in all that time no longer holds up the others.
      this.emitInTurn(next, sink);
    }
  }

  /** Nothing that still comes can be expected to change what the mail is: who wrote it, to whom, to which lists. */
  private isDue({ at, mail }: Waiting): boolean {
    if (mail === undefined) return true;
    const ageMs = this.nowMs - at;
    const { releaseAgeMs, triedAgeMs, triesMin, unacceptedAgeMs } = this.settings;
    if (ageMs >= releaseAgeMs) return true;
    if (!isComplete(mail)) return ageMs >= unacceptedAgeMs;
    if (mail.said.removedAt !== undefined || mail.attempts >= (mail.said.nrcpt ?? 0)) return true;
    return mail.attempts >= triesMin && ageMs >= triedAgeMs;
  }

  private emitFirst({ mail, given }: Waiting, sink: EventSink): void {
    if (given !== undefined) sink(given);
    else if (mail !== undefined && mail.event === undefined && isComplete(mail)) {
      this.own.accepted += 1;
      this.emit(mail, this.nowMs, sink);
    }
  }

  private emit(mail: OpenMail, untilMs: number, sink: EventSink): void {
    const event = mailEventFromMail(mail, untilMs, this.people);
    if (event === undefined) return;
    // What changed may not be told yet, or change nothing.
    const isNews = mail.event === undefined || !saysTheSame(mail.event, event);
    if (isNews) mail.event = event;
    mail.toldUntilMs = untilMs;
    mail.changed = false;
    // Minutes that are not over, or must not be told yet, come with a later word.
    if (event.minutes.length < (mail.said.minutes?.length ?? 0)) {
      mail.changed = true;
      this.changed.push(mail);
    }
    if (isNews) sink(event);
  }
}
