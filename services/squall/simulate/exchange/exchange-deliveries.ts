// mails resolved to members -> their DELIVER rows: mails take turns, some mailboxes a row, at the pace of the whole system.

import type { EventQueue } from "../event-queue.ts";
import { SECOND, type Members } from "../mail.ts";

/** Readers of one mailbox database who get a mail together, at most. */
const BATCH = 40;

export interface DeliveryJob {
  readonly members: Members;
  /** Writes one row. */
  readonly deliver: (members: Members, at: number) => void;
  readonly finished: (at: number) => void;
}

export interface ExchangeDeliveries {
  add(job: DeliveryJob): void;
}

export function createDeliveries(events: EventQueue, deliveriesPerSecond: number): ExchangeDeliveries {
  const jobs: { job: DeliveryJob; next: number }[] = [];
  let running = false;
  const step = (at: number): void => {
    const turn = jobs.shift();
    if (turn === undefined) {
      running = false;
      return;
    }
    const { job, next } = turn;
    const { members } = job;
    const count = Math.min(BATCH, members.count - next);
    job.deliver({ ...members, first: members.first + next, count }, at);
    if (next + count < members.count) jobs.push({ job, next: next + count });
    else job.finished(at);
    events.schedule(at + Math.ceil((count * SECOND) / deliveriesPerSecond), step);
  };
  return {
    add(job) {
      jobs.push({ job, next: 0 });
      if (running) return;
      running = true;
      events.schedule(0, step);
    },
  };
}
