// mails that a list manager took, in order -> copies handed over one chunk after the other, at the pace of the mail system.
// One mail at a time, as a list manager's outgoing queue works: what waits is a mail and a place in its list, never a copy.

import type { EventQueue } from "../event-queue.ts";
import { SECOND, type Mail, type Members } from "../mail.ts";
import type { MailList } from "../mail-list.ts";
import type { Random } from "../random.ts";

export interface ListRunnerOptions {
  readonly events: EventQueue;
  readonly random: Random;
  /** Members a copy is for. */
  readonly chunk: number;
  readonly deliveriesPerSecond: number;
  readonly handOver: (mail: Mail, members: Members, at: number) => void;
}

export interface ListRunner {
  /** The manager begins with this mail at `at`, or when it is done with those before. */
  add(mail: Mail, list: MailList, at: number): void;
}

/** A transaction takes no longer than this, however slow the mail stores behind the server are. */
const TRANSACTION_MAX = 0.2 * SECOND;
/** From the mail in its queue to the first copy, at least and at most. */
const FIRST_COPY_AFTER: readonly [low: number, high: number] = [0.1, 1.5];

export function createListRunner(options: ListRunnerOptions): ListRunner {
  const { events, random, chunk, handOver } = options;
  const pace = Math.min(TRANSACTION_MAX, (chunk * SECOND) / options.deliveriesPerSecond);
  const waiting: { mail: Mail; list: MailList; next: number }[] = [];
  let running = false;
  const step = (at: number): void => {
    const job = waiting[0];
    if (job === undefined) {
      running = false;
      return;
    }
    const { mail, list, next } = job;
    const count = Math.min(chunk, list.members - next);
    job.next += count;
    if (job.next >= list.members) waiting.shift();
    handOver(mail, { list, first: next, count, throughAlias: false }, at);
    events.schedule(at + Math.round(pace * random.between(0.5, 1.5)), step);
  };
  return {
    add(mail, list, at) {
      events.schedule(at + Math.round(random.between(...FIRST_COPY_AFTER) * SECOND), (startAt) => {
        waiting.push({ mail, list, next: 0 });
        if (running) return;
        running = true;
        step(startAt);
      });
    },
  };
}
