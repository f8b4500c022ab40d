import { describe, expect, test } from "vitest";
import type { DiscussionTruth, GroundTruth } from "../ground-truth.ts";
import { simulate } from "../simulation.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];
const MINUTE_MS = 60_000;

function dayOf(seed: number): GroundTruth {
  const simulation = simulate({ scenario: "ordinary-day", seed, scale: 0.01 });
  expect(Array.from(simulation.chunks(), (chunk) => chunk.length).length).toBeGreaterThan(100);
  return simulation.truth();
}

/** Most reply-alls within any span of a discussion. */
function mostWithin(discussion: DiscussionTruth, spanMs: number): number {
  const times = discussion.replyAllTimes.map((time) => Date.parse(time));
  return Math.max(0, ...times.map((end) => times.filter((time) => time <= end && time > end - spanMs).length));
}

describe("ordinary-day", () => {
  const days = SEEDS.map(dayOf);

  test("has everything that looks like a storm, and no storm", () => {
    for (const day of days) {
      expect(day.storms).toEqual([]);
      expect(day.lists.length).toBeGreaterThanOrEqual(20);
      expect(day.lists.length).toBeLessThanOrEqual(40);
      expect(Math.max(...day.lists.map((list) => list.members))).toBe(30_000);
      expect(day.traffic["out-of-office"]).toBeGreaterThan(300);
      expect(day.traffic.newsletter).toBe(2);
      expect(day.traffic.spam).toBeGreaterThanOrEqual(10);
      expect(day.traffic.spam).toBeLessThanOrEqual(40);
      expect(day.traffic.patch).toBeGreaterThanOrEqual(2 * 11);
      for (const kind of [
        "internal",
        "inbound",
        "outbound",
        "reply",
        "list",
        "list-copy",
        "bounce",
        "cron",
        "digest",
        "announcement",
      ] as const) {
        expect({ kind, some: day.traffic[kind] > 0 }).toEqual({ kind, some: true });
      }
      expect(day.undelivered).toBeLessThan(day.recipients / 100);
    }
  });

  test("a list made this morning has a lively first day", () => {
    const welcomes = days.flatMap((day) => day.discussions.filter((each) => each.subject.startsWith("Welcome to")));
    expect(welcomes.length).toBe(2 * SEEDS.length);
    for (const welcome of welcomes) {
      expect(welcome.replyAlls).toBeGreaterThanOrEqual(7);
      expect(welcome.replyAlls).toBeLessThanOrEqual(25);
    }
  });

  test("people on big lists take their time", () => {
    for (const discussion of days.flatMap((day) => day.discussions)) {
      if (discussion.audience <= 300) continue;
      expect(mostWithin(discussion, 10 * MINUTE_MS)).toBeLessThan(6);
      expect(mostWithin(discussion, 60 * MINUTE_MS)).toBeLessThan(12);
    }
  });

  test("small teams banter, and conversations start again after hours", () => {
    const all = days.flatMap((day) => day.discussions);
    expect(all.some((each) => each.audience <= 300 && mostWithin(each, 60 * MINUTE_MS) >= 5)).toBe(true);
    const gaps = all.flatMap((each) =>
      each.replyAllTimes.slice(1).map((time, n) => Date.parse(time) - Date.parse(each.replyAllTimes[n] ?? time)),
    );
    expect(gaps.some((gap) => gap > 4 * 60 * MINUTE_MS)).toBe(true);
  });
});
