import { describe, expect, test } from "vitest";
import { byteCount, clockOf } from "./words.ts";

describe("an amount of bytes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [4_237_000, "4.2 MB"],
    [99_940, "99.9 kB"],
    [161_000, "161 kB"],
    [4_200_000_000, "4.2 GB"],
    [2_500_000_000_000_000, "2500 TB"],
  ])("%i", (bytes, words) => {
    expect(byteCount(bytes)).toBe(words);
  });
});

describe("a clock", () => {
  test.each([
    ["UTC", "2016-11-14 08:29:00"],
    ["Europe/London", "2016-11-14 08:29:00"],
    ["America/New_York", "2016-11-14 03:29:00"],
    ["Asia/Kolkata", "2016-11-14 13:59:00"],
  ])("in %s", (zone, words) => {
    expect(clockOf(Date.UTC(2016, 10, 14, 8, 29), zone)).toBe(words);
  });
});
