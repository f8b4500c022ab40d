import { describe, expect, test } from "vitest";
import type { ScoreStep } from "./storm-alert.ts";
import { STORM_REASONS } from "./storm-alert.ts";
import {
  counted,
  localClock,
  oneDecimal,
  ratePerMinute,
  reasonInWords,
  roughSpan,
  scoreInWords,
  shownText,
  spanInWords,
  stepInWords,
  wholeNumber,
} from "./storm-alert-words.ts";

const step: ScoreStep = {
  at: 0,
  secondsSinceLast: 41,
  person: "anna",
  timing: 3.6,
  newcomer: 2.14,
  pause: -0.4,
  score: 5.3,
};

test("every reason has words of its own", () => {
  const words = STORM_REASONS.map(reasonInWords);
  expect(new Set(words).size).toBe(STORM_REASONS.length);
  for (const one of words) expect(one.length).toBeGreaterThan(20);
});

describe("stepInWords", () => {
  test.each<[Partial<ScoreStep>, string]>([
    [{}, "41 s after the last: +3.6; never wrote to this list: +2.1; expected in the pause: -0.4"],
    [{ newcomer: 0 }, "41 s after the last: +3.6; expected in the pause: -0.4"],
    [
      { newcomer: -1.79, timing: -0.26, secondsSinceLast: 1800, pause: -2.04 },
      "30 min after the last: -0.3; has written to this list before: -1.8; expected in the pause: -2.0",
    ],
    [{ newcomer: 0, pause: -0.02 }, "41 s after the last: +3.6; expected in the pause: 0.0"],
    [{ newcomer: 0, pause: -0 }, "41 s after the last: +3.6; expected in the pause: 0.0"],
    [{ newcomer: 0, timing: 0.04 }, "41 s after the last: 0.0; expected in the pause: -0.4"],
    [{ newcomer: 0, pause: -0.06 }, "41 s after the last: +3.6; expected in the pause: -0.1"],
    [{ newcomer: 0, pause: 0.04 }, "41 s after the last: +3.6; expected in the pause: 0.0"],
  ])("%j", (change, words) => {
    expect(stepInWords({ ...step, ...change })).toBe(words);
  });
});

describe("numbers and spans", () => {
  test.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [840_000, "840,000"],
    [1_234_567.6, "1,234,568"],
    [-0.4, "0"],
    [-123, "-123"],
    [-1_234, "-1,234"],
  ])("wholeNumber(%d)", (value, words) => {
    expect(wholeNumber(value)).toBe(words);
  });

  test.each([
    [0.6, "0.6"],
    [3, "3"],
    [9.96, "10.0"],
    [12.4, "12"],
    [11_000.4, "11,000"],
    [-0.04, "0.0"],
  ])("ratePerMinute(%d)", (value, words) => {
    expect(ratePerMinute(value)).toBe(words);
  });

  test.each([
    [10.04, "10.0"],
    [0, "0.0"],
    [-0, "0.0"],
    [-0.04, "0.0"],
    [-0.06, "-0.1"],
  ])("oneDecimal(%d)", (value, words) => {
    expect(oneDecimal(value)).toBe(words);
  });

  test.each([
    [-5, "0 s", "0 s"],
    [41_000, "41 s", "41 s"],
    [120_000, "2 min", "2 min"],
    [206_000, "3 min 26 s", "3 min"],
    [3_599_900, "1 h", "60 min"],
    [6_360_000, "1 h 46 min", "2 h"],
    [86_400_000 * 2 + 3_600_000 * 3, "2 d 3 h", "2 d"],
  ])("%d ms is %s, roughly %s", (spanMs, exact, rough) => {
    expect(spanInWords(spanMs)).toBe(exact);
    expect(roughSpan(spanMs)).toBe(rough);
  });

  test("one and many", () => {
    expect(counted(1, "reply-all")).toBe("1 reply-all");
    expect(counted(3, "reply-all")).toBe("3 reply-alls");
    expect(counted(0, "reply-all")).toBe("0 reply-alls");
  });

  test.each([
    [8, "about once in 3,000 threads"],
    [10.0243, "about once in 23,000 threads"],
    [40, "less than once in 490,000,000 threads"],
  ])("scoreInWords(%d)", (score, words) => {
    expect(scoreInWords(score)).toBe(`ordinary talk looks like this ${words}`);
  });

  test("no evidence is said as such", () => {
    expect(scoreInWords(0)).toBe("no more than ordinary talk has");
  });
});

describe("shownText", () => {
  test.each([
    ["short", 10, "short"],
    ["exactly ten", 11, "exactly ten"],
    ["far too long for it", 10, "far too l…"],
    ["👩‍🚀👩‍🚀", 4, "👩‍🚀…"],
    ["a\u001B[2J\nb", 10, "a[2J b"],
    ["  padded\t", 10, "padded"],
  ])("%j in %d", (text, max, want) => {
    expect(shownText(text, max)).toBe(want);
  });
});

test("localClock shows the zone's own time", () => {
  const at = Date.UTC(2016, 10, 14, 23, 31, 12);
  expect(localClock("UTC").time(at)).toBe("23:31:12");
  expect(localClock("Asia/Kolkata").time(at)).toBe("05:01:12");
  expect(localClock("Asia/Kolkata").date(at)).toBe("15 November 2016");
  expect(() => localClock("Mars/Olympus")).toThrow(RangeError);
});
