// What a detector's partition knows of one site's time: what the assemblers say, and which events of a backlog wait for it. Where no
// assembler ever spoke, and systems of their own write events, arrivals are its time, and nothing waits.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { ProgressTable } from "../../shared/domain/progress-table.ts";
import { decodedState, type PutEntry } from "../../shared/domain/state-value.ts";
import type { StreamProgress } from "../../shared/domain/stream-progress.ts";
import { requiredInteger } from "../../shared/domain/wire-fields.ts";
import { decodeLine } from "../../shared/domain/wire-object.ts";
import { BacklogOrder, type ReadEvent } from "./backlog-order.ts";

export const PROGRESS_PREFIX = "progress/";
export const ORDER_PREFIX = "order/";

const TIMES = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

export class SiteClock {
  readonly order = new BacklogOrder();
  private readonly progress = new ProgressTable();
  private hasProgress = false;
  /** Append time of the latest event, ms. */
  private arrivedAtMs = Number.NEGATIVE_INFINITY;
  private foldedToldMs = Number.NEGATIVE_INFINITY;

  /** Words of inputs beyond the room for them. */
  get progressDropped(): number {
    return this.progress.dropped;
  }

  takeProgress(progress: StreamProgress): void {
    this.hasProgress = true;
    this.progress.take(progress);
  }

  /** Is the event to be folded now? Else it waits. */
  takeEvent(read: ReadEvent, nowMs: number): boolean {
    this.arrivedAtMs = read.toldAtMs;
    // Folded before an assembler spoke: when the record is read again, after one has, the event does not wait.
    if (!this.hasProgress) this.order.foldedToMs = Math.max(this.order.foldedToMs, read.event.at);
    if (!this.waitsFor(read)) return true;
    this.order.wait(read, nowMs);
    return false;
  }

  /** Of a record that was read before a restart: has the event not been folded? Then it waits again. */
  takeAgain(read: ReadEvent, nowMs: number): void {
    if (this.waitsFor(read)) this.order.wait(read, nowMs);
  }

  /** Events whose turn it is. */
  release(nowMs: number): MailEvent[] {
    return this.hasProgress ? this.order.release(this.progress.reachedMs, nowMs) : [];
  }

  /** Event time that the site has come to, ms; -Infinity: not known. `readToMs`: when all was read, by our clock. */
  reached(readToMs: number): number {
    return this.hasProgress ? this.progress.reachedMs : Math.max(readToMs, this.arrivedAtMs);
  }

  /** `key`: of the site. */
  changes(key: string, put: PutEntry): void {
    this.progress.changes(`${PROGRESS_PREFIX}${key}/`, put);
    const { foldedToMs } = this.order;
    if (foldedToMs === this.foldedToldMs) return;
    this.foldedToldMs = foldedToMs;
    put(`${ORDER_PREFIX}${key}`, Buffer.from(JSON.stringify({ v: 1, foldedTo: foldedToMs })));
  }

  /** Throws StateValueError. */
  restore(key: string, value: Buffer): void {
    if (!key.startsWith(ORDER_PREFIX)) {
      this.hasProgress = true;
      this.progress.restore(key, value);
      return;
    }
    const decoded = decodeLine(value.toString("utf8"), (object) => requiredInteger(object, "foldedTo", TIMES));
    this.order.foldedToMs = decodedState(key, decoded);
    this.foldedToldMs = this.order.foldedToMs;
  }

  restored(): void {
    this.progress.restored();
  }

  private waitsFor(read: ReadEvent): boolean {
    return this.hasProgress && this.order.holds(read);
  }
}
