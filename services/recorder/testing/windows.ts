// Windows and alerts for tests.

import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";

/** 2016-11-14 08:29 UTC. */
export const MINUTE = 1_479_112_140_000;
export const MINUTE_MS = 60_000;

export function threadWindow(change: Partial<ThreadWindow> = {}): ThreadWindow {
  const windowStart = change.windowStart ?? MINUTE;
  return {
    v: 1,
    site: "nhs",
    scope: "site",
    key: "nhs",
    windowEnd: windowStart + MINUTE_MS,
    final: true,
    replyAlls: 3,
    distinctRepliers: 2,
    automatic: 1,
    messages: 5,
    recipients: 3_360_000,
    deliveries: 12_000,
    audience: 840_000,
    score: 2.5,
    ...change,
    windowStart,
  };
}

/** A minute of a thread that scores below a watch unless told otherwise. */
export function minuteOf(key: string, minute: number, change: Partial<ThreadWindow> = {}): ThreadWindow {
  return threadWindow({ scope: "thread", key, windowStart: MINUTE + minute * MINUTE_MS, ...change });
}
