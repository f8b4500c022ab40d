// How often, and for how long, a delivery is tried again.

import type { DelayBounds } from "../../shared/domain/retry-delay.ts";

export interface RetrySchedule extends DelayBounds {
  /** What a receiver may ask for at most. */
  readonly retryAfterMaxMs: number;
  /** From the decision of the alert to the last try. */
  readonly giveUpAfterMs: number;
  /** When a receiver is back, all that waits for it is tried within this time. */
  readonly catchUpMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export const defaultRetrySchedule: RetrySchedule = {
  delayMs: SECOND_MS,
  delayMaxMs: 5 * MINUTE_MS,
  retryAfterMaxMs: HOUR_MS,
  giveUpAfterMs: 24 * HOUR_MS,
  catchUpMs: 5 * SECOND_MS,
};
