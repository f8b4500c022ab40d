import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeWireTime, encodeWireTime } from "./wire-time.ts";

const WIRE_TIME_MIN_MS = Date.UTC(2001, 0, 1) - 5 * 400 * 365.2425 * 86_400_000;
const WIRE_TIME_MAX_MS = Date.UTC(10_000, 0, 1) - 1;

const anyTime = fc.integer({ min: WIRE_TIME_MIN_MS, max: WIRE_TIME_MAX_MS });

describe("encodeWireTime", () => {
  test.each([
    [0, "1970-01-01T00:00:00.000Z"],
    [-1, "1969-12-31T23:59:59.999Z"],
    [1_479_112_140_000, "2016-11-14T08:29:00.000Z"],
    [1_709_164_800_007, "2024-02-29T00:00:00.007Z"],
    [1_479_112_140_000.9, "2016-11-14T08:29:00.000Z"],
    [WIRE_TIME_MIN_MS, "0001-01-01T00:00:00.000Z"],
    [WIRE_TIME_MAX_MS, "9999-12-31T23:59:59.999Z"],
  ])("%d is written %s", (at, text) => {
    expect(encodeWireTime(at)).toBe(text);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, WIRE_TIME_MAX_MS + 1, WIRE_TIME_MIN_MS - 1])("%d throws", (at) => {
    expect(() => encodeWireTime(at)).toThrow(RangeError);
  });

  test("writes what the built-in Date writes", () => {
    fc.assert(
      fc.property(anyTime, (at) => {
        expect(encodeWireTime(at)).toBe(new Date(at).toISOString());
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});

describe("decodeWireTime", () => {
  test.each([
    ["2016-11-14T08:29:00Z", 1_479_112_140_000],
    ["2016-11-14T08:29:00.000Z", 1_479_112_140_000],
    ["2016-11-14t08:29:00z", 1_479_112_140_000],
    ["2016-11-14T09:29:00+01:00", 1_479_112_140_000],
    ["2016-11-14T03:59:00.5-04:30", 1_479_112_140_500],
    ["2016-11-14T08:29:00.12Z", 1_479_112_140_120],
    ["2016-11-14T08:29:00.123999999Z", 1_479_112_140_123],
    ["2016-11-14T08:29:00-00:00", 1_479_112_140_000],
    ["2024-02-29T00:00:00Z", 1_709_164_800_000],
    ["2016-12-31T23:59:60Z", 1_483_228_799_999],
    ["2017-01-01T00:59:60+01:00", 1_483_228_799_999],
  ])("%s is %d", (text, at) => {
    expect(decodeWireTime(text)).toBe(at);
  });

  test.each([
    "",
    "2016-11-14",
    "2016-11-14T08:29:00",
    "2016-11-14 08:29:00Z",
    "2016-11-14T08:29Z",
    "2016-11-14T08:29:00.Z",
    "2016-11-14T08:29:00,5Z",
    "2016-11-14T08:29:00Zx",
    "2016-11-14T08:29:00+0100",
    "2016-11-14T08:29:00+01",
    "2016-11-14T08:29:00+24:00",
    "2016-11-14T08:29:00+01:60",
    "2016-13-14T08:29:00Z",
    "2016-00-14T08:29:00Z",
    "2016-11-31T08:29:00Z",
    "2023-02-29T08:29:00Z",
    "1900-02-29T08:29:00Z",
    "2016-11-14T24:00:00Z",
    "2016-11-14T08:60:00Z",
    "2016-11-14T08:29:60Z",
    "2016-11-14T08:29:61Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "20x6-11-14T08:29:00Z",
    "2016-11-14T08:29:-1Z",
    "+002016-11-14T08:29:00Z",
    "２０１６-11-14T08:29:00Z",
    `2016-11-14T08:29:00.${"1".repeat(80)}Z`,
  ])("%j is refused", (text) => {
    expect(decodeWireTime(text)).toBeUndefined();
  });

  test("reads back what was written", () => {
    fc.assert(
      fc.property(anyTime, (at) => {
        expect(decodeWireTime(encodeWireTime(at))).toBe(at);
      }),
      { seed: 4, numRuns: 2000 },
    );
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decodeWireTime(text) ?? 0).toSatisfy(Number.isSafeInteger);
      }),
      { seed: 4 },
    );
  });
});
