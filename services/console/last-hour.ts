// ThreadWindows of one scope -> what each thread, list or site did in the last hour, minute by minute. Windows are absolute: the later
// word on a minute takes the place of the earlier.

import { MINUTE_MS, minuteStart } from "../../shared/domain/delivery-minutes.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";

export const HOUR_MINUTES = 60;
const HOUR_MS = HOUR_MINUTES * MINUTE_MS;
const RATE_MINUTES = 5;
const GROWTH_MINUTES = 15;
/** Silent for so long a thread or list is calm: what its answers said of it is of the past. */
const NEVER = Number.NEGATIVE_INFINITY;
export const CALM_MS = 30 * MINUTE_MS;

/** What one thread, list or site did. */
export interface HourOf {
  readonly site: string;
  readonly key: string;
  readonly list: string | undefined;
  /** By the start of their minute; an hour of them, up to the newest. */
  readonly minutes: Map<number, ThreadWindow>;
  /** Start of the newest minute with an answer, ms; -Infinity: there was none. */
  answeredAt: number;
}

export interface HourSums {
  readonly replyAlls: number;
  readonly repliersAtLeast: number;
  readonly repliersAtMost: number;
  readonly deliveries: number;
  /** Of all mails accepted within the hour. */
  readonly recipients: number;
  readonly reach: number;
  /** Of the last five minutes, or of all where it began later. */
  readonly repliesPerMinute: number;
  /** The same of minutes that have ended. */
  readonly deliveriesPerMinute: number;
  readonly growth: number;
  /** Of the newest minute with answers; 0 where that is long ago. */
  readonly score: number;
  /** Start of that minute. */
  readonly lastReplyAt: number;
}

export class LastHour {
  /** Given up for want of room. */
  dropped = 0;
  private readonly keysMax: number;
  /** In the order in which they were last spoken of. */
  private readonly hours = new Map<string, HourOf>();

  constructor(keysMax: number) {
    this.keysMax = keysMax;
  }

  has(window: ThreadWindow): boolean {
    return this.hours.has(nameOf(window));
  }

  add(window: ThreadWindow): void {
    const name = nameOf(window);
    const known = this.hours.get(name);
    const { site, key, list } = window;
    const hour = known ?? { site, key, list, minutes: new Map<number, ThreadWindow>(), answeredAt: NEVER };
    hour.minutes.set(window.windowStart, window);
    if (isAnswered(window)) hour.answeredAt = Math.max(hour.answeredAt, window.windowStart);
    // Whether or not anybody looks.
    if (hour.minutes.size > HOUR_MINUTES) forgetBefore(hour.minutes, newestOf(hour.minutes) - HOUR_MS + MINUTE_MS);
    if (known !== undefined) this.hours.delete(name);
    this.hours.set(name, hour);
    if (this.hours.size <= this.keysMax) return;
    for (const eldest of this.hours.keys()) {
      this.hours.delete(eldest);
      this.dropped += 1;
      break;
    }
  }

  get({ site, key }: { readonly site: string; readonly key: string }): HourOf | undefined {
    return this.hours.get(nameOf({ site, key }));
  }

  /** Of the hour up to the minute of `nowMs`; what is older is forgotten. */
  *upTo(nowMs: number): Generator<HourOf> {
    const from = firstMinute(nowMs);
    for (const [name, hour] of this.hours) {
      forgetBefore(hour.minutes, from);
      if (hour.minutes.size === 0) this.hours.delete(name);
      else yield hour;
    }
  }
}

/** Most threads and lists are never answered to all: what is shown are those that are, and sites. */
export function isShown(window: ThreadWindow): boolean {
  return window.scope === "site" || isAnswered(window);
}

function isAnswered({ replyAlls, automatic }: ThreadWindow): boolean {
  return replyAlls + automatic > 0;
}

/** Start of the first minute of the hour that ends with the minute of `nowMs`. */
export function firstMinute(nowMs: number): number {
  return minuteStart(nowMs) - (HOUR_MINUTES - 1) * MINUTE_MS;
}

/** A value of each minute of the hour, 0 where there is none. */
export function minuteValues(hour: HourOf, nowMs: number, valueOf: (window: ThreadWindow) => number): number[] {
  const values = Array.from({ length: HOUR_MINUTES }, () => 0);
  const from = firstMinute(nowMs);
  for (const [start, window] of hour.minutes) {
    const index = (start - from) / MINUTE_MS;
    if (index >= 0 && index < HOUR_MINUTES) values[index] = valueOf(window);
  }
  return values;
}

/** Of the hour that ends with the minute of `eventTimeMs`; what is counted begins with the minute of `since`, where that is later. */
export function hourSums({ minutes }: HourOf, eventTimeMs: number, since = Number.NEGATIVE_INFINITY): HourSums {
  const from = Math.max(firstMinute(eventTimeMs), minuteStart(since));
  const until = minuteStart(eventTimeMs);
  const of = (what: "replyAlls" | "deliveries", minutesBack: number, minutesLong: number): number => {
    const end = until - (minutesBack - 1) * MINUTE_MS;
    const begin = end - minutesLong * MINUTE_MS;
    let sum = 0;
    for (const [start, window] of minutes) if (start >= begin && start < end) sum += window[what];
    return sum;
  };
  let [replyAlls, repliersAtLeast, repliersAtMost, deliveries, recipients, reach] = [0, 0, 0, 0, 0, 0];
  for (const window of minutes.values()) {
    if (window.windowStart < from || window.windowStart > until) continue;
    replyAlls += window.replyAlls;
    repliersAtLeast = Math.max(repliersAtLeast, window.distinctRepliers);
    repliersAtMost += window.distinctRepliers;
    deliveries += window.deliveries;
    recipients += window.recipients;
    reach = Math.max(reach, window.audience);
  }
  const newest = newestAnswered(minutes, from, until);
  // What began two minutes ago has the rate of two minutes.
  const begun = Math.max(from, Math.min(...minutes.keys()));
  const ended = Math.max(0, (until - begun) / MINUTE_MS);
  const endedLately = Math.min(RATE_MINUTES, Math.max(1, ended));
  // Of the minute that goes on there is a part, and of the one that it takes the place of the rest.
  const part = (eventTimeMs - until) / MINUTE_MS;
  const whole = Math.min(RATE_MINUTES, ended + 1);
  const lately =
    of("replyAlls", 0, whole) + (ended >= RATE_MINUTES ? (1 - part) * of("replyAlls", RATE_MINUTES, 1) : 0);
  return {
    replyAlls,
    repliersAtLeast,
    repliersAtMost,
    deliveries,
    recipients,
    reach,
    repliesPerMinute: lately / Math.min(RATE_MINUTES, Math.max(1, ended + part)),
    deliveriesPerMinute: of("deliveries", 1, endedLately) / endedLately,
    growth: of("replyAlls", 0, GROWTH_MINUTES) / Math.max(1, of("replyAlls", GROWTH_MINUTES, GROWTH_MINUTES)),
    score: newest === undefined || until - newest.windowStart > CALM_MS ? 0 : newest.score,
    lastReplyAt: newest?.windowStart ?? NEVER,
  };
}

/** Of the minutes that begin at `from`, at `until` or between. */
function newestAnswered(
  minutes: ReadonlyMap<number, ThreadWindow>,
  from: number,
  until: number,
): ThreadWindow | undefined {
  let newest: ThreadWindow | undefined;
  for (const window of minutes.values()) {
    const { windowStart } = window;
    if (windowStart < from || windowStart > until || !isAnswered(window)) continue;
    if (newest === undefined || windowStart > newest.windowStart) newest = window;
  }
  return newest;
}

function forgetBefore(minutes: Map<number, ThreadWindow>, from: number): void {
  for (const start of minutes.keys()) if (start < from) minutes.delete(start);
}

function newestOf(minutes: ReadonlyMap<number, ThreadWindow>): number {
  return Math.max(...minutes.keys());
}

/** Within one scope. */
export function nameOf({ site, key }: Pick<ThreadWindow, "site" | "key">): string {
  return `${site}\n${key}`;
}
