import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "./durations.ts";

test.each([
  ["250ms", 250],
  ["30s", 30_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["2d", 172_800_000],
  ["0s", 0],
])("%s is %d ms", (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs);
  expect(formatDuration(durationMs)).toBe(text);
});

test.each([
  "",
  "30",
  "s",
  "30 s",
  "30sec",
  "-30s",
  "1.5h",
  "1h30m",
  "30S",
  " 30s",
  "30s\n",
  "٣s",
  "999999999999d",
  "1e3s",
])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("what was written is read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), (durationMs) => {
      expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
    }),
    { seed: 4 },
  );
});
