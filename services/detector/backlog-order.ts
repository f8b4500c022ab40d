// MailEvents of one site as they come from several assemblers -> the order in which they are folded.
//
//   live       told within a minute of its time      folded at once: an alert does not wait
//   backlog    told later than that                  waits until all assemblers have come as far, then in order of time
//
// A log that is read much faster than it was written is told by each assembler in stretches of minutes; folded as they come, an answer
// would be seen before the mail that it answers, and what is decided of it is decided for good.
//
// What waits is not part of the state: reading goes on at the first record with something that waits. What is to be folded when such a
// record is read again follows from the events themselves and from one time that is kept, `foldedToMs`.

import type { MailEvent } from "../../shared/domain/mail-event.ts";

/** Told later than this behind its time, an event is of a backlog, ms. */
const BACKLOG_MS = 60_000;
/** How long an event waits at most for an assembler that stands still, ms by our clock. */
const WAIT_MAX_MS = 15_000;
/** Events that wait; beyond them the earlier half is let go. */
const WAITING_MAX = 50_000;

export interface ReadEvent {
  readonly event: MailEvent;
  /** Of its record. */
  readonly offset: number;
  /** When its record was written, ms since the epoch. */
  readonly toldAtMs: number;
}

interface WaitingEvent extends ReadEvent {
  /** By our clock; -Infinity: before it was first asked. */
  sinceMs: number;
}

export class BacklogOrder {
  /** Event time up to which nothing waits, ms; -Infinity: none is known. */
  foldedToMs = Number.NEGATIVE_INFINITY;
  /** Events that were let go before their turn was sure. */
  letGo = 0;
  private waiting: WaitingEvent[] = [];

  get size(): number {
    return this.waiting.length;
  }

  /** Offset of the first record of which something waits. */
  get heldFrom(): number | undefined {
    let from: number | undefined;
    for (const { offset } of this.waiting) if (from === undefined || offset < from) from = offset;
    return from;
  }

  /** Is it to wait? The same for one event and one `foldedToMs`, whenever it is asked. */
  holds({ event, toldAtMs }: ReadEvent): boolean {
    return event.at > this.foldedToMs && toldAtMs - event.at > BACKLOG_MS;
  }

  wait(read: ReadEvent, nowMs: number): void {
    this.waiting.push({ ...read, sinceMs: nowMs });
  }

  /**
   * Those whose turn it is, in order of time, host, queue id and revision. `reachedMs`: event time that all assemblers have come to;
   * `nowMs`: our clock.
   */
  release(reachedMs: number, nowMs: number): MailEvent[] {
    const letGoMs = this.letGoUntil(nowMs);
    if (letGoMs > reachedMs) {
      for (const { event } of this.waiting) if (event.at > reachedMs && event.at <= letGoMs) this.letGo += 1;
    }
    this.foldedToMs = Math.max(this.foldedToMs, reachedMs, letGoMs);
    if (this.waiting.length === 0) return [];
    const due = this.waiting.filter(({ event }) => event.at <= this.foldedToMs);
    if (due.length === 0) return [];
    this.waiting = this.waiting.filter(({ event }) => event.at > this.foldedToMs);
    return due.map(({ event }) => event).toSorted(byTime);
  }

  /** One that has waited too long takes all before it along; so does one that finds no room. */
  private letGoUntil(nowMs: number): number {
    let untilMs = Number.NEGATIVE_INFINITY;
    for (const waiting of this.waiting) {
      if (!Number.isFinite(waiting.sinceMs)) waiting.sinceMs = nowMs;
      // Or our clock was set back.
      if (Math.abs(nowMs - waiting.sinceMs) >= WAIT_MAX_MS) untilMs = Math.max(untilMs, waiting.event.at);
    }
    if (this.waiting.length <= WAITING_MAX) return untilMs;
    const times = this.waiting.map(({ event }) => event.at).toSorted((a, b) => a - b);
    return Math.max(untilMs, times[Math.floor(times.length / 2)] ?? untilMs);
  }
}

function byTime(a: MailEvent, b: MailEvent): number {
  return a.at - b.at || compareText(a.host, b.host) || compareText(a.queueId, b.queueId) || a.revision - b.revision;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
