import { describe, expect, test } from "vitest";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { fadedAt, firstScore, scoreAfter, scoreAt } from "./score.ts";

const { kernel } = defaultDetectorSettings;
const NEW = kernel.newcomerMark;
const KNOWN = kernel.knownMark;

interface Case {
  readonly name: string;
  readonly gaps: readonly number[];
  readonly marks: readonly number[];
  readonly score: readonly number[];
  readonly scoreUnmarked: readonly number[];
}

const cases: readonly Case[] = [
  {
    name: "A, cold",
    gaps: [95, 70, 41, 33],
    marks: [0, 0, 0, 0],
    score: [3.6001, 6.7843, 10.0243, 13.2404],
    scoreUnmarked: [3.6001, 6.7843, 10.0243, 13.2404],
  },
  {
    name: "B, newcomers",
    gaps: [240, 300, 260, 200],
    marks: [NEW, NEW, NEW, NEW],
    score: [5.731, 9.9725, 13.9876, 18.0759],
    scoreUnmarked: [3.591, 5.6925, 7.5676, 9.5159],
  },
  {
    name: "C, mixed",
    gaps: [60, 1800, 60, 7200],
    marks: [NEW, KNOWN, NEW, KNOWN],
    score: [5.7406, 1.8578, 7.1029, 0],
    scoreUnmarked: [3.6006, 2.7629, 5.8681, 0],
  },
];

describe("the score", () => {
  test.each(cases)("worked values of case $name", ({ gaps, marks, score, scoreUnmarked }) => {
    let state = firstScore(0);
    let at = 0;
    gaps.forEach((gap, index) => {
      at += gap * 1000;
      state = scoreAfter(state, at, marks[index] ?? 0, kernel).after;
      expect(state.score).toBeCloseTo(score[index] ?? Number.NaN, 4);
      expect(state.scoreUnmarked).toBeCloseTo(scoreUnmarked[index] ?? Number.NaN, 4);
    });
  });

  test("its three terms add up to the change", () => {
    const before = scoreAfter(firstScore(0), 60_000, NEW, kernel).after;
    const change = scoreAfter(before, 600_000, NEW, kernel);
    expect(before.score + change.pause + change.timing + NEW).toBeCloseTo(change.after.score, 9);
  });

  test("a thread that wakes after two years has a number, and begins again", () => {
    const twoYears = 2 * 365 * 86_400_000;
    const woken = scoreAfter(firstScore(0), twoYears, 0, kernel).after;
    expect(woken.score).toBe(0);
    const next = scoreAfter(woken, twoYears + 60_000, 0, kernel).after;
    expect(next.score).toBeGreaterThan(3);
  });

  test("without a reply it falls, and never below 0", () => {
    const state = scoreAfter(firstScore(0), 60_000, 0, kernel).after;
    expect(scoreAt(state, 30_000, kernel)).toBe(state.score);
    expect(scoreAt(state, 300_000, kernel)).toBeLessThan(state.score);
    expect(scoreAt(state, 86_400_000, kernel)).toBe(0);
  });

  test("one replier has faded after 27 minutes or more, a crowd later", () => {
    const one = firstScore(0);
    const calmMs = 1_800_000;
    expect(fadedAt(one, calmMs, kernel)).toBeCloseTo(900_000 * Math.log(6), 3);
    const crowd = scoreAfter(one, 1000, 0, kernel).after;
    expect(fadedAt(crowd, calmMs, kernel)).toBeGreaterThan(fadedAt(one, calmMs, kernel) + 500_000);
  });
});
