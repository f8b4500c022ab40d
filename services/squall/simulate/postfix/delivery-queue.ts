// accepted mails to many members -> their delivery lines in order of time. One running mail is one entry that writes a run of lines
// at a time, in turn with the others, at the delivery rate of the whole system; nothing is kept a recipient.

import type { EventQueue } from "../event-queue.ts";
import type { DeliveryCounts } from "../truth-book.ts";
import type { LineBuffer } from "../line-buffer.ts";
import { skipDelivered, startRun, type BulkMail, type Job, type Run } from "./delivery-run.ts";
import { SECOND } from "../mail.ts";
import { memberNumber } from "../mail-list.ts";
import { DIRECTORY_SIZE, writeAddress } from "../people.ts";
import { mixBits } from "../random.ts";

/** Lists smaller than this are handed over in smaller transactions. */
const SMALL_LIST = 500;
const RUN_LINES = 50;
const SMALL_RUN_LINES = 10;
const RETRY_AFTER = 300 * SECOND;
/** Time the first transfer takes when nothing else waits. */
const FIRST_LINE_AFTER = 60_000;

export interface DeliveryQueueOptions {
  readonly buffer: LineBuffer;
  readonly counts: DeliveryCounts;
  readonly deliveriesPerSecond: number;
  readonly events: EventQueue;
}

/** The queue of mails to many recipients. A class because its clock and current run change with every line. */
export class DeliveryQueue {
  private readonly options: DeliveryQueueOptions;
  private readonly spacing: number;
  private readonly jobs: Job[] = [];
  private turn = 0;
  private clock = 0;
  private run: Run | undefined;
  /** Deliveries still to be attempted, without those waiting for a retry. */
  backlog = 0;

  constructor(options: DeliveryQueueOptions) {
    this.options = options;
    this.spacing = SECOND / options.deliveriesPerSecond;
  }

  /** Seconds of work that wait. */
  get backlogSeconds(): number {
    return this.backlog / this.options.deliveriesPerSecond;
  }

  /** Time of the next delivery line; Infinity when there is nothing to do. */
  nextAt(): number {
    return this.jobs.length === 0 ? Infinity : Math.floor(this.clock);
  }

  add(mail: BulkMail): void {
    const small = mail.members.list.members < SMALL_LIST;
    const salt = mixBits(Math.floor(mail.acceptedAt / 1000) + mail.members.first);
    this.backlog += mail.members.count;
    this.enter(
      {
        ...mail,
        salt,
        // default_destination_recipient_limit holds whatever the list.
        runLines: small && mail.handDown === undefined ? SMALL_RUN_LINES : RUN_LINES,
        next: 0,
        retrying: false,
        deferred: 0,
        bounced: 0,
      },
      mail.activeAt + FIRST_LINE_AFTER,
    );
  }

  /** Writes delivery lines with stamps before `stopAt` and before the next scheduled event, at most until the buffer is full. */
  writeUntil(stopAt: number): void {
    for (;;) {
      const run = this.run ?? this.nextRun();
      this.run = run;
      // Asked anew for every run: a mail that ended or was received may have scheduled something meanwhile.
      const until = Math.min(stopAt, this.options.events.nextAt());
      if (run === undefined || this.clock >= until || this.options.buffer.isFull) return;
      this.run = this.writeRun(run, until) ? undefined : run;
      // Where it is only asked for so much, it is not told yet: who answers must not depend on how a log is asked for.
      if (this.run === undefined || this.clock >= this.options.events.nextAt()) this.tellReceived(run);
    }
  }

  private enter(job: Job, at: number): void {
    if (this.jobs.length === 0) this.clock = Math.max(this.clock, at);
    this.jobs.push(job);
  }

  private nextRun(): Run | undefined {
    while (this.jobs.length > 0) {
      if (this.turn >= this.jobs.length) this.turn = 0;
      const job = this.jobs[this.turn];
      if (job === undefined) return undefined;
      if (job.retrying) skipDelivered(job);
      if (job.next < job.members.count) {
        this.turn += 1;
        return startRun(job, this.clock);
      }
      this.jobs.splice(this.turn, 1);
      this.endPass(job);
    }
    return undefined;
  }

  private endPass(job: Job): void {
    const at = Math.floor(this.clock);
    const { deferred } = job;
    if (deferred === 0) return job.finished(at, job.bounced);
    this.options.events.schedule(at + RETRY_AFTER + (job.salt % 300) * SECOND, (retryAt) => {
      job.retried(retryAt);
      this.backlog += deferred;
      Object.assign(job, { next: 0, retrying: true, deferred: 0, activeAt: retryAt });
      this.enter(job, retryAt + FIRST_LINE_AFTER);
    });
  }

  /** True when the run is done, false when `until` came first. */
  private writeRun(run: Run, until: number): boolean {
    const { buffer } = this.options;
    const { list } = run.job.members;
    const begun = run.next;
    let person = memberNumber(list, run.job.members.first + run.next);
    let lineStart = -1;
    let headEnd = 0;
    let middleStart = 0;
    let middleEnd = 0;
    let tailStart = 0;
    let tailEnd = 0;
    while (run.next < run.end && this.clock < until) {
      const at = Math.floor(this.clock);
      if (run.firstBounces && run.next === run.first) {
        this.writeBounce(run, person, at);
      } else {
        const start = buffer.length;
        if (lineStart < 0 || !buffer.isSameSecond(at)) {
          buffer.stamp(at);
          buffer.text(run.head);
          headEnd = buffer.length;
          lineStart = start;
          middleStart = -1;
        } else {
          buffer.repeat(lineStart, headEnd);
          buffer.restamp(start, at);
        }
        const addressStart = buffer.length;
        const addressEnd = writeAddress(buffer.bytes, addressStart, person);
        buffer.length = addressEnd;
        if (middleStart < 0) {
          middleStart = buffer.length;
          buffer.text(run.middle);
          middleEnd = buffer.length;
          if (run.namesAgain) buffer.repeat(addressStart, addressEnd);
          tailStart = buffer.length;
          buffer.text(run.tail);
          tailEnd = buffer.length;
        } else {
          buffer.repeat(middleStart, middleEnd);
          if (run.namesAgain) buffer.repeat(addressStart, addressEnd);
          buffer.repeat(tailStart, tailEnd);
        }
        buffer.endLine();
      }
      this.clock += this.spacing;
      run.next += 1;
      person += list.personStep;
      if (person >= DIRECTORY_SIZE) person -= DIRECTORY_SIZE;
    }
    this.options.events.advance(Math.floor(this.clock));
    this.count(run, begun);
    return run.next >= run.end;
  }

  private writeBounce(run: Run, person: number, at: number): void {
    const { buffer } = this.options;
    buffer.stamp(at);
    buffer.text(run.head);
    const start = buffer.length;
    buffer.length = writeAddress(buffer.bytes, start, person);
    const end = buffer.length;
    buffer.text(run.bounce.middle);
    buffer.repeat(start, end);
    buffer.text(run.bounce.tail);
    buffer.endLine();
  }

  private count(run: Run, begun: number): void {
    const { job, next, fate } = run;
    const lines = next - begun;
    const bounced = run.firstBounces && begun === run.first && lines > 0 ? 1 : 0;
    this.backlog -= lines;
    this.options.counts.bounced += bounced;
    job.bounced += bounced;
    if (fate === "deferred") {
      job.deferred += lines;
      this.options.counts.deferred += lines;
      return;
    }
    this.options.counts.sent += lines - bounced;
  }

  /** Of those who have the mail, and were not told of yet. */
  private tellReceived(run: Run): void {
    const { job, untold, next, fate } = run;
    run.untold = next;
    const bounced = run.firstBounces && untold === run.first && next > untold ? 1 : 0;
    const count = next - untold - bounced;
    if (count === 0 || fate === "deferred" || job.handDown !== undefined) return;
    job.mail.received?.({ ...job.members, first: job.members.first + untold + bounced, count }, Math.floor(this.clock));
  }
}
