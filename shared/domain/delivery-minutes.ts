// Delivery attempts summed by event-time minute. Sums of log lines: adding is commutative, so the order of lines never shows.

export const MINUTE_MS = 60_000;

/** Delivery lines of one event-time minute. `start` is ms since the epoch, a multiple of 60,000. */
export interface DeliveryMinute {
  readonly start: number;
  delivered: number;
  deferred: number;
  bounced: number;
}

/** Totals of the minutes no longer listed one by one. */
export interface DeliveryTotals {
  readonly delivered: number;
  readonly deferred: number;
  readonly bounced: number;
}

export function minuteStart(eventTimeMs: number): number {
  return Math.floor(eventTimeMs / MINUTE_MS) * MINUTE_MS;
}
