// ThreadWindows and alerts of the demo -> a row every ten seconds of the log: reply-alls, people, deliveries, score.

import { oneDecimal, wholeNumber } from "../../../shared/domain/storm-alert-words.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import type { Terminal } from "../terminal.ts";
import { clockOf } from "../words.ts";

const ROW_EVERY_MS = 10_000;
const ROWS_A_HEADING = 24;
const BAR_WIDTH = 20;
/** Deliveries a second at which the bar is full. */
const BAR_FULL = 120_000;
/** Fewer people than this are no list worth a row. */
const AUDIENCE_MIN = 100_000;

interface Totals {
  readonly replyAlls: number;
  readonly deliveries: number;
}

export class DemoScreen {
  private readonly terminal: Terminal;
  private readonly timeZone: string;
  /** Latest word on each minute of the list. */
  private readonly minutes = new Map<number, Totals>();
  /** As much as alerts have said. */
  private told: Totals = { replyAlls: 0, deliveries: 0 };
  private audience = 0;
  private score = 0;
  private shownAt = Number.NEGATIVE_INFINITY;
  private shown: Totals = { replyAlls: 0, deliveries: 0 };
  private rows = 0;

  constructor(terminal: Terminal, timeZone: string) {
    this.terminal = terminal;
    this.timeZone = timeZone;
  }

  take(window: ThreadWindow): void {
    if (window.scope === "thread" && window.audience >= AUDIENCE_MIN) this.score = Math.max(this.score, window.score);
    if (window.scope !== "list" || window.audience < AUDIENCE_MIN) return;
    this.audience = Math.max(this.audience, window.audience);
    this.minutes.set(window.windowStart, { replyAlls: window.replyAlls, deliveries: window.deliveries });
  }

  /** Windows come every ten seconds, alerts at once: no row after an alert says less than it did. The page does the same. */
  hear({ evidence }: StormAlert): void {
    if (evidence.audience < AUDIENCE_MIN) return;
    const { replyAlls, deliveries } = this.told;
    this.told = {
      replyAlls: Math.max(replyAlls, evidence.replyAlls),
      deliveries: Math.max(deliveries, evidence.deliveriesSoFar),
    };
    this.score = Math.max(this.score, evidence.score);
  }

  /** A row when it is time for one. */
  show(eventTimeMs: number): void {
    if (eventTimeMs < this.shownAt + ROW_EVERY_MS) return;
    if (this.rows % ROWS_A_HEADING === 0) {
      this.terminal.out(`${this.faint("time       reply-alls   score     deliveries        a second")}\n`);
    }
    const totals = this.totals();
    const seconds = (eventTimeMs - this.shownAt) / 1000;
    const rate = Number.isFinite(seconds) ? (totals.deliveries - this.shown.deliveries) / seconds : 0;
    const bar = "█".repeat(Math.min(BAR_WIDTH, Math.ceil((rate / BAR_FULL) * BAR_WIDTH)));
    const columns = [
      clockOf(eventTimeMs, this.timeZone).slice(11),
      wholeNumber(totals.replyAlls).padStart(11),
      oneDecimal(this.score).padStart(7),
      wholeNumber(totals.deliveries).padStart(14),
      wholeNumber(Math.max(0, rate)).padStart(15),
    ];
    this.terminal.out(`${columns.join(" ")} ${this.red(bar)}\n`);
    this.shownAt = eventTimeMs;
    this.shown = totals;
    this.rows += 1;
  }

  /** What it came to. */
  closing(): string {
    const { replyAlls, deliveries } = this.totals();
    const queued = Math.max(0, (replyAlls + 1) * this.audience - deliveries);
    return `\n${wholeNumber(replyAlls)} reply-alls so far, ${wholeNumber(deliveries)} deliveries made and ${wholeNumber(queued)} queued. On the day it went on until 09:45 and came to about 500 million.\n`;
  }

  private totals(): Totals {
    let [replyAlls, deliveries] = [0, 0];
    for (const minute of this.minutes.values()) {
      replyAlls += minute.replyAlls;
      deliveries += minute.deliveries;
    }
    return {
      replyAlls: Math.max(replyAlls, this.told.replyAlls),
      deliveries: Math.max(deliveries, this.told.deliveries),
    };
  }

  private faint(text: string): string {
    return this.terminal.color ? `\u001b[2m${text}\u001b[0m` : text;
  }

  private red(text: string): string {
    return this.terminal.color && text !== "" ? `\u001b[31m${text}\u001b[0m` : text;
  }
}
