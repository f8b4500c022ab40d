// The mails that wait to be told, in their turn: packed mails by number, everything else by an entry of its own.

import type { Waiting } from "./waiting.ts";

const FIRST_PLACES = 1024;

/** A packed mail's number, or below zero: an entry of `others`, as -1 - its place. */
export type Ticket = number;

/** First in, first out; every ticket with its time. */
export class TurnQueue {
  private tickets = new Int32Array(FIRST_PLACES);
  private times = new Float64Array(FIRST_PLACES);
  private head = 0;
  /** Tickets that wait. */
  size = 0;
  private readonly others: (Waiting | undefined)[] = [];
  private readonly free: number[] = [];
  /** Packed mails that became something else while they waited. */
  private readonly replaced = new Map<number, Waiting>();

  /** A ticket for what is no packed mail. */
  ticketFor(other: Waiting): Ticket {
    const place = this.free.pop() ?? this.others.length;
    this.others[place] = other;
    return -1 - place;
  }

  /** What a ticket below zero stands for. */
  other(ticket: Ticket): Waiting | undefined {
    return this.others[-1 - ticket];
  }

  /** A packed mail that waits is an entry of its own from now on. */
  replace(mail: number, other: Waiting): void {
    this.replaced.set(mail, other);
  }

  /** What stands in the place of a packed mail; undefined when nothing does. */
  inPlaceOf(mail: number): Waiting | undefined {
    return this.replaced.size === 0 ? undefined : this.replaced.get(mail);
  }

  push(ticket: Ticket, timeMs: number): void {
    if (this.size === this.tickets.length) this.grow();
    const at = (this.head + this.size) & (this.tickets.length - 1);
    this.tickets[at] = ticket;
    this.times[at] = timeMs;
    this.size += 1;
  }

  /** Ticket at the head; only when there is one. */
  get next(): Ticket {
    return this.tickets[this.head] ?? 0;
  }

  /** Time of the ticket at the head, ms; Infinity when there is none. */
  get nextTime(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.times[this.head] ?? 0);
  }

  /** Drops the ticket at the head; `mail`: the number now of the packed mail that it stands for. */
  shift(mail: number): void {
    const ticket = this.next;
    if (ticket < 0) {
      this.others[-1 - ticket] = undefined;
      this.free.push(-1 - ticket);
    } else if (this.replaced.size > 0) this.replaced.delete(mail);
    this.head = (this.head + 1) & (this.tickets.length - 1);
    this.size -= 1;
  }

  /** Packed mails have new numbers: `numbers` by the old one, from 1. */
  renumber(numbers: Int32Array): void {
    for (let index = 0; index < this.size; index += 1) {
      const at = (this.head + index) & (this.tickets.length - 1);
      const ticket = this.tickets[at] ?? 0;
      if (ticket >= 0) this.tickets[at] = (numbers[ticket] ?? 0) - 1;
    }
    const replaced = [...this.replaced];
    this.replaced.clear();
    for (const [mail, other] of replaced) this.replaced.set((numbers[mail] ?? 0) - 1, other);
  }

  private grow(): void {
    const { tickets, times, head, size } = this;
    this.tickets = new Int32Array(size * 2);
    this.times = new Float64Array(size * 2);
    for (let index = 0; index < size; index += 1) {
      this.tickets[index] = tickets[(head + index) & (size - 1)] ?? 0;
      this.times[index] = times[(head + index) & (size - 1)] ?? 0;
    }
    this.head = 0;
  }
}
