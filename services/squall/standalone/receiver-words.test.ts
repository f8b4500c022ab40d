import { expect, test } from "vitest";
import { failingInWords } from "./receiver-words.ts";

const SINCE = Date.UTC(2026, 10, 27, 8, 31, 5);

test.each([
  [0, undefined, "UTC", undefined],
  [3, undefined, "UTC", undefined],
  [1, SINCE, "UTC", "1 notification to be told, tries have failed since 2026-11-27 08:31:05 (UTC)"],
  [
    1_000,
    SINCE,
    "Europe/Berlin",
    "1,000 notifications to be told, tries have failed since 2026-11-27 09:31:05 (Europe/Berlin)",
  ],
  // It was given up.
  [0, SINCE, "UTC", "nothing is to be told, but tries have failed since 2026-11-27 08:31:05 (UTC)"],
])("%d wait, failing since %s", (waiting, failingSinceMs, timeZone, words) => {
  expect(failingInWords({ waiting, failingSinceMs }, timeZone)).toBe(words);
});
