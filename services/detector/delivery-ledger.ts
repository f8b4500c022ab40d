// absolute delivery minutes of one queue id -> what is new in them, added to sums by event-time minute.
// A revision replaces what its queue id said before, so only the difference is added.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";

/** What was last counted for a queue id. The first minute is inline: most mails have no other. */
export interface CountedMinutes {
  start: number;
  delivered: number;
  /** Flat pairs of start and delivered, when there was more than one minute. */
  more: number[] | undefined;
  earlier: number;
}

export type AddDeliveries = (minute: number, delivered: number) => void;

export function createCountedMinutes(): CountedMinutes {
  return { start: 0, delivered: 0, more: undefined, earlier: 0 };
}

/** Reports the difference between `event.minutes` and what was counted, minute by minute, and remembers the new values. */
export function countMinutes(counted: CountedMinutes, event: MailEvent, add: AddDeliveries): void {
  const minutes = event.minutes;
  const [only] = minutes;
  const simple = counted.more === undefined && event.earlier === undefined && minutes.length <= 1;
  if (!simple || (only !== undefined && counted.delivered > 0 && counted.start !== only.start)) {
    countManyMinutes(counted, event, add);
    return;
  }
  if (only === undefined) return;
  const difference = only.delivered - counted.delivered;
  counted.start = only.start;
  counted.delivered = only.delivered;
  if (difference !== 0) add(only.start, difference);
}

/** Reports every counted minute again. */
export function repeatMinutes(counted: CountedMinutes, add: AddDeliveries): void {
  if (counted.more === undefined) {
    if (counted.delivered > 0) add(counted.start, counted.delivered);
    return;
  }
  eachPair(counted.more, add);
  if (counted.earlier > 0) add((counted.more[0] ?? 0) - MINUTE_MS, counted.earlier);
}

function countManyMinutes(counted: CountedMinutes, event: MailEvent, add: AddDeliveries): void {
  const before = new Map<number, number>();
  if (counted.more === undefined && counted.delivered > 0) before.set(counted.start, counted.delivered);
  if (counted.more !== undefined) eachPair(counted.more, (start, delivered) => before.set(start, delivered));
  const pairs: number[] = [];
  for (const minute of event.minutes) {
    const difference = minute.delivered - (before.get(minute.start) ?? 0);
    before.delete(minute.start);
    // A mail that is deferred for hours says so minute by minute; the first counts all the same: `earlier` lies before it.
    if (minute.delivered !== 0 || pairs.length === 0) pairs.push(minute.start, minute.delivered);
    if (difference !== 0) add(minute.start, difference);
  }
  countEarlier(counted, event, { pairs, gone: before }, add);
  counted.more = pairs;
}

/** Minutes that are no longer listed went into `earlier`: only what `earlier` has beyond them is new. */
function countEarlier(
  counted: CountedMinutes,
  event: MailEvent,
  listed: { readonly pairs: readonly number[]; readonly gone: ReadonlyMap<number, number> },
  add: AddDeliveries,
): void {
  let known = counted.earlier;
  for (const delivered of listed.gone.values()) known += delivered;
  const earlier = event.earlier?.delivered ?? 0;
  counted.earlier = Math.max(known, earlier);
  const first = listed.pairs[0];
  if (earlier > known && first !== undefined) add(first - MINUTE_MS, earlier - known);
}

function eachPair(pairs: readonly number[], visit: AddDeliveries): void {
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const start = pairs[index];
    const delivered = pairs[index + 1];
    if (start !== undefined && delivered !== undefined && delivered !== 0) visit(start, delivered);
  }
}

/** Deliveries by minute, ascending; the oldest are summed once there are too many. */
export interface MinuteSeries {
  readonly starts: number[];
  readonly counts: number[];
  before: number;
  total: number;
}

/** A day and a half: longer than any storm's deliveries were minute by minute of interest. */
const SERIES_MAX = 2160;

export function createMinuteSeries(): MinuteSeries {
  return { starts: [], counts: [], before: 0, total: 0 };
}

export function addToSeries(series: MinuteSeries, minute: number, delivered: number): void {
  series.total += delivered;
  let index = series.starts.length;
  while (index > 0 && (series.starts[index - 1] ?? 0) > minute) index -= 1;
  const last = index - 1;
  if (index > 0 && series.starts[last] === minute) {
    series.counts[last] = (series.counts[last] ?? 0) + delivered;
    return;
  }
  series.starts.splice(index, 0, minute);
  series.counts.splice(index, 0, delivered);
  if (series.starts.length <= SERIES_MAX) return;
  series.starts.shift();
  series.before += series.counts.shift() ?? 0;
}

export function addSeries(series: MinuteSeries, other: MinuteSeries): void {
  other.starts.forEach((start, index) => addToSeries(series, start, other.counts[index] ?? 0));
  series.before += other.before;
  series.total += other.before;
}

/** Takes back what `addSeries` and later additions to both added. */
export function subtractSeries(series: MinuteSeries, other: MinuteSeries): void {
  other.starts.forEach((start, index) => addToSeries(series, start, -(other.counts[index] ?? 0)));
  series.before -= other.before;
  series.total -= other.before;
}

/** Deliveries of minutes that ended at or before `at`, and not before `from` where one is given. */
export function deliveriesEndedBy(series: MinuteSeries, at: number, from = Number.NEGATIVE_INFINITY): number {
  let sum = from === Number.NEGATIVE_INFINITY ? series.before : 0;
  for (let index = 0; index < series.starts.length; index += 1) {
    const start = series.starts[index] ?? 0;
    if (start + MINUTE_MS > at) break;
    if (start >= from) sum += series.counts[index] ?? 0;
  }
  return Math.max(0, sum);
}
