import { describe, expect, test } from "vitest";

import { retryAfterMs, retryDelayMs } from "./retry-delay.ts";

const BOUNDS = { delayMs: 1_000, delayMaxMs: 300_000 };
const NOW = Date.UTC(2026, 10, 24, 8, 30, 0);

describe("full jitter", () => {
  test.each([
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [9, 256_000],
    [10, 300_000],
    [1_000, 300_000],
  ])("after %i failures anything up to %i ms", (failures, most) => {
    expect(retryDelayMs(BOUNDS, failures, 0)).toBe(50);
    expect(retryDelayMs(BOUNDS, failures, 0.5)).toBe(most / 2);
    expect(retryDelayMs(BOUNDS, failures, 0.999_999)).toBeLessThanOrEqual(most);
  });
});

test.each([
  ["seconds", "120", undefined, 120_000],
  ["none", "0", undefined, 0],
  ["a date", "Tue, 24 Nov 2026 08:31:00 GMT", undefined, 60_000],
  ["a date in the form of RFC 850", "Tuesday, 24-Nov-26 08:31:00 GMT", undefined, 60_000],
  ["a date as asctime writes it", "Tue Nov 24 08:31:00 2026", undefined, 60_000],
  ["a date that is over", "Tue, 24 Nov 2026 08:29:00 GMT", undefined, 0],
  [
    "a date of a receiver whose clock is an hour fast",
    "Tue, 24 Nov 2026 09:31:00 GMT",
    "Tue, 24 Nov 2026 09:30:00 GMT",
    60_000,
  ],
  ["a negative number", "-5", undefined, undefined],
  ["a fraction", "1.5", undefined, undefined],
  ["words", "soon", undefined, undefined],
  ["another form of date", "2026-11-24T08:31:00Z", undefined, undefined],
  ["an impossible date", "Tue, 99 Nov 2026 08:31:00 GMT", undefined, undefined],
  ["nothing", "", undefined, undefined],
  ["a number without end", "9".repeat(40), undefined, undefined],
])("Retry-After with %s", (_name, value, date, expected) => {
  expect(retryAfterMs(value, date, NOW)).toBe(expected);
});
