import { describe, expect, test } from "vitest";
import { timeTicks, valueTicks } from "./html/axis.ts";
import { UTC_OFFSET, zoneOffset } from "../../shared/domain/zone-offset.ts";
import { reportClock } from "./report-clock.ts";
import { between, deliveries, deliveriesBetween, ordinal, people, percent, shortNumber } from "./report-words.ts";

const MINUTE = 60_000;

test.each([
  [1, "first"],
  [10, "tenth"],
  [11, "11th"],
  [12, "12th"],
  [21, "21st"],
  [22, "22nd"],
  [113, "113th"],
  [1003, "1,003rd"],
])("place %i is the %s", (place, words) => {
  expect(ordinal(place)).toBe(words);
});

test.each([
  [0, 100, "0 %"],
  [1, 100_000, "0.1 %"],
  [5, 1000, "0.5 %"],
  [50, 100, "50 %"],
  [989, 1000, "99 %"],
  [99_999, 100_000, "99.9 %"],
  [100, 100, "100 %"],
  [0, 0, "0 %"],
])("%i of %i are %s", (part, whole, words) => {
  expect(percent(part, whole)).toBe(words);
});

test.each([
  [0, "0"],
  [5000, "5,000"],
  [25_000, "25 k"],
  [1_250_000, "1.3 M"],
  [840_000_000, "840 M"],
  [2_000_000_000, "2 bn"],
])("%i on an axis is %s", (value, words) => {
  expect(shortNumber(value)).toBe(words);
});

test("one delivery is one, one person too", () => {
  expect([deliveries(1), deliveries(2500)]).toEqual(["1 delivery", "2,500 deliveries"]);
  expect([people(1), people(2500)]).toEqual(["1 person", "2,500 people"]);
});

test.each([
  [0, 0, "0", "0 deliveries"],
  [0, 1, "0 to 1", "at most 1 delivery"],
  [1600, 1600, "1,600", "1,600 deliveries"],
  [1600, 2000, "1,600 to 2,000", "1,600 to 2,000 deliveries"],
])("from %i to %i", (least, most, number, words) => {
  expect([between({ least, most }), deliveriesBetween({ least, most })]).toEqual([number, words]);
});

describe("axes", () => {
  test.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [25, [0, 10, 20, 30]],
    [88, [0, 25, 50, 75, 100]],
    [13_200, [0, 5000, 10_000, 15_000]],
  ])("values up to %i", (most, ticks) => {
    expect(valueTicks(most)).toEqual(ticks);
  });

  test("times are round in the zone, not in UTC", () => {
    const fromMs = Date.UTC(2026, 10, 23, 8, 29);
    const clock = reportClock("Asia/Kathmandu", { fromMs, untilMs: fromMs });
    const range = { fromMs, untilMs: fromMs + 240 * MINUTE, offsetMs: clock.offsetMs };
    expect(timeTicks(range, 5).map(clock.time)).toEqual(["15:00", "16:00", "17:00", "18:00"]);
  });

  const midnights = Array.from({ length: 8 }, () => "00:00");
  test.each<[string, number, number, readonly string[]]>([
    ["put on", Date.UTC(2026, 2, 28, 23), 6.9, ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00", "07:00"]],
    ["put back", Date.UTC(2026, 9, 24, 22), 6.9, ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00"]],
    ["put on within days", Date.UTC(2026, 2, 27, 12), 190, midnights],
    ["put back within days", Date.UTC(2026, 9, 23, 12), 190, midnights],
    ["put back, so that the end is shown as before the start", Date.UTC(2026, 9, 25, 0, 58), 0.2, ["02:58", "02:59"]],
  ])("times are round also where clocks are %s", (_name, fromMs, hours, times) => {
    const untilMs = fromMs + hours * 60 * MINUTE;
    const clock = reportClock("Europe/Berlin", { fromMs, untilMs });
    const ticks = timeTicks({ fromMs, untilMs, offsetMs: zoneOffset("Europe/Berlin") }, 12);
    expect(ticks.map(clock.time)).toEqual(times);
    expect(ticks).toEqual(ticks.toSorted((one, other) => one - other));
  });

  test.each([1, 90, 600, 1440, 20_000, 900 * 1440])("never more times than asked for: %i minutes", (minutes) => {
    const ticks = timeTicks({ fromMs: 0, untilMs: minutes * MINUTE, offsetMs: UTC_OFFSET }, 10);
    expect(ticks.length).toBeGreaterThan(0);
    expect(ticks.length).toBeLessThanOrEqual(11);
  });
});

test("a time has its day where a storm saw more than one, in its zone", () => {
  const fromMs = Date.UTC(2026, 10, 23, 23, 30);
  const short = reportClock("Europe/Berlin", { fromMs, untilMs: fromMs + 60 * MINUTE });
  const long = reportClock("UTC", { fromMs, untilMs: fromMs + 60 * MINUTE });
  expect([short.minute(fromMs), long.minute(fromMs), long.second(fromMs)]).toEqual([
    "00:30",
    "23 Nov, 23:30",
    "23 Nov, 23:30:00",
  ]);
});
