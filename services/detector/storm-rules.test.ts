import { describe, expect, test } from "vitest";
import { defaultDetectorSettings as settings } from "../../shared/domain/detector-settings.ts";
import { rulesWithoutList } from "./list-rules.ts";
import { judgeThread, type ThreadReading } from "./storm-rules.ts";

const rules = rulesWithoutList(settings);

function judge(changes: Partial<ThreadReading>): ReturnType<typeof judgeThread> {
  const calm: ThreadReading = {
    audience: 3000,
    warm: true,
    score: 0,
    scoreUnmarked: 0,
    distinctRepliers: 3,
    recentRepliers: 3,
    burstPeople: 3,
    crowdPeople: 3,
  };
  return judgeThread({ ...calm, ...changes }, rules, settings);
}

describe("opening rules", () => {
  test.each([
    { name: "cascade on a warm list", changes: { score: 10 }, holds: ["cascade"] },
    { name: "not on a cold one", changes: { score: 10, warm: false }, holds: [] },
    { name: "pace, warm", changes: { scoreUnmarked: 12 }, holds: ["pace"] },
    { name: "pace, cold", changes: { scoreUnmarked: 11, warm: false }, holds: ["pace"] },
    { name: "11 is not enough on a warm list", changes: { scoreUnmarked: 11 }, holds: [] },
    { name: "burst", changes: { burstPeople: 6 }, holds: ["burst"] },
    { name: "crowd", changes: { crowdPeople: 9 }, holds: ["crowd"] },
    { name: "two people are not enough", changes: { score: 30, scoreUnmarked: 30, distinctRepliers: 2 }, holds: [] },
    {
      name: "two are, from 100,000 on",
      changes: { score: 7, distinctRepliers: 2, audience: 100_000 },
      holds: ["cascade"],
    },
    {
      name: "scores 3 lower from 100,000 on",
      changes: { scoreUnmarked: 8, warm: false, audience: 100_000 },
      holds: ["pace"],
    },
    { name: "not below", changes: { scoreUnmarked: 8, warm: false, audience: 99_999 }, holds: [] },
  ])("$name", ({ changes, holds }) => {
    expect(judge(changes).rules).toEqual(holds);
  });

  test.each([
    { audience: 1666, passed: false },
    { audience: 1667, passed: true },
  ])("the price gate lets 3 + 3 repliers of $audience pass: $passed", ({ audience, passed }) => {
    expect(judge({ audience }).gate).toEqual({ deliveries: audience * 6, needed: 10_000, passed });
  });

  test.each([
    { changes: { score: 12, distinctRepliers: 5 }, critical: true },
    { changes: { score: 12, distinctRepliers: 4 }, critical: false },
    { changes: { score: 9, distinctRepliers: 5, audience: 100_000 }, critical: true },
    { changes: { audience: 333_334 }, critical: true },
    { changes: { audience: 333_333 }, critical: false },
  ])("critical for $changes: $critical", ({ changes, critical }) => {
    expect(judge(changes).critical).toBe(critical);
  });

  test("near from a score of 7, whatever the audience", () => {
    expect([judge({ score: 7 }).near, judge({ score: 6.9 }).near]).toEqual([true, false]);
    expect(judge({ score: 5.7, audience: 100_000 }).near).toBe(false);
  });

  test("how near it came is 1 when a rule and the gate hold, and falls with what is missing", () => {
    expect(judge({ score: 10 }).nearest).toMatchObject({ rule: "cascade", closeness: 1 });
    expect(judge({ score: 5 }).nearest).toMatchObject({ rule: "cascade", value: 5, threshold: 10 });
    expect(judge({ score: 10, audience: 300 }).nearest.closeness).toBeCloseTo(0.18, 9);
    expect(judge({ score: 10, distinctRepliers: 1, recentRepliers: 5 }).nearest.closeness).toBeCloseTo(1 / 3, 9);
  });
});
