// What the storms have in common with those on record, by their ground truth. The log is thrown away: the shortest one is written.

import { describe, expect, test } from "vitest";
import type { GroundTruth, StormTruth } from "../ground-truth.ts";
import type { ScenarioName } from "../scenarios.ts";
import { simulate } from "../simulation.ts";

function truthOf(scenario: ScenarioName, seed: number, scale: number): GroundTruth {
  const simulation = simulate({ scenario, seed, scale, format: "exchange" });
  for (const chunk of simulation.chunks()) expect(chunk.length).toBeGreaterThan(0);
  return simulation.truth();
}

function stormOf(scenario: ScenarioName, seed: number, scale: number): StormTruth {
  const [storm, ...more] = truthOf(scenario, seed, scale).storms;
  expect(more).toEqual([]);
  if (storm === undefined) throw new Error("no storm");
  return storm;
}

function minutesAfterFirst(storm: StormTruth): number[] {
  return storm.replyAllTimes.map((time) => (Date.parse(time) - Date.parse(storm.firstAt)) / 60_000);
}

function mostWithin(storm: StormTruth, spanMs: number): number {
  const times = storm.replyAllTimes.map((time) => Date.parse(time));
  return Math.max(...times.map((end) => times.filter((time) => time <= end && time > end - spanMs).length));
}

/** Scales at which everybody on record who answered is there. */
describe("as on record", () => {
  test.each([2])("bedlam-1997, seed %i: 620 to 1,190 reply-alls within an hour", (seed) => {
    const storm = stormOf("bedlam-1997", seed, 0.14);
    expect(storm.replyAlls).toBeGreaterThan(620);
    expect(storm.replyAlls).toBeLessThan(1190);
    expect(Math.max(...minutesAfterFirst(storm))).toBeLessThan(60);
    expect(storm.endedBy).toBe("mail servers fell over");
  });

  test.each([1, 2, 3])("cisco-2013, seed %i: about 170 reply-alls, about five in the worst second", (seed) => {
    const storm = stormOf("cisco-2013", seed, 0.02);
    expect(storm.replyAlls).toBeGreaterThan(150);
    expect(storm.replyAlls).toBeLessThan(190);
    expect(mostWithin(storm, 1000)).toBeGreaterThanOrEqual(4);
    expect(mostWithin(storm, 1000)).toBeLessThanOrEqual(9);
  });

  test("cisco-2013: mails of about 94 KB, so that 170 of them to 23,570 people are 375 GB", () => {
    const sizes: number[] = [];
    const simulation = simulate({ scenario: "cisco-2013", seed: 1, scale: 0.005, headers: false });
    const log = Buffer.concat([...simulation.chunks()]).toString("latin1");
    for (const match of log.matchAll(/size=(\d+), nrcpt=118 /g)) sizes.push(Number(match[1]));
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(sizes.length).toBeGreaterThan(40);
    expect(mean).toBeGreaterThan(80_000);
    expect(mean).toBeLessThan(110_000);
  });

  test("university: an outsider begins, 2,000 mails from outside beside the answers of a night and a morning", () => {
    const storm = stormOf("university", 1, 0.01);
    expect(storm.starter.endsWith("@mail.example.com")).toBe(true);
    // 290 people cannot write what 29,000 do: half of them answer here, 950 at full size.
    expect(storm.otherMails).toBeGreaterThan(1800);
    expect(storm.otherMails).toBeLessThan(2200);
    expect(storm.distinctRepliers).toBeGreaterThan(100);
    const minutes = minutesAfterFirst(storm);
    expect(Math.max(...minutes.slice(1).map((minute, n) => minute - (minutes[n] ?? 0)))).toBeGreaterThan(240);
  });

  test.each([1, 2])("recall-storm, seed %i: every member's mailbox reports once, and no person answers", (seed) => {
    const storm = stormOf("recall-storm", seed, 0.1);
    expect(storm).toMatchObject({ automatic: true, audience: 250, replyAlls: 250, distinctRepliers: 250 });
  });

  test("two-lists: mail to both lists, a group and six people; after the block it goes on for hours", () => {
    const storm = stormOf("two-lists", 1, 0.03);
    expect(storm.lists.map(({ members }) => members)).toEqual([870, 330, 30]);
    expect(storm.audience).toBe(870 + 330 + 30 + 6);
    expect(Math.max(...minutesAfterFirst(storm))).toBeLessThan(120);
    expect(storm.afterShut).toBeGreaterThan(15);
    expect(storm.refused).toBe(storm.afterShut);
  });

  test("time-zones: three waves, hours apart", () => {
    const storm = stormOf("time-zones", 2, 0.01);
    const minutes = minutesAfterFirst(storm);
    const gaps = minutes.slice(1).filter((minute, n) => minute - (minutes[n] ?? 0) > 240);
    expect(gaps.length).toBe(2);
    expect(storm.replyAlls).toBeGreaterThan(250);
  });

  test.each([1, 2, 3])(
    "moderated-list, seed %i: nothing fans out until the moderator lets all go within a minute",
    (seed) => {
      const minutes = minutesAfterFirst(stormOf("moderated-list", seed, 0.02));
      expect(minutes.length).toBeGreaterThanOrEqual(8);
      expect(minutes[0]).toBe(50);
      expect(minutes.at(-1)).toBeLessThan(51.5);
    },
  );

  test("congratulations: about 15 answers, most within an hour, and no storm", () => {
    const counts = [1, 2, 3, 4, 5, 6].map((seed) => {
      const truth = truthOf("congratulations", seed, 0.05);
      expect(truth.storms).toEqual([]);
      const discussion = truth.discussions.find(({ knownWeakness }) => knownWeakness !== undefined);
      return discussion?.replyAlls ?? 0;
    });
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(mean).toBeGreaterThan(11);
    expect(mean).toBeLessThan(19);
  });
});

test.each([
  ["bedlam-1997", 0.002],
  ["university", 0.001],
  ["two-lists", 0.002],
  ["moderated-list", 0.01],
] as const)("%s: one seed, one log", (scenario, scale) => {
  const logOf = (seed: number): string =>
    Buffer.concat([...simulate({ scenario, seed, scale, until: 5400 }).chunks()]).toString("latin1");
  expect(logOf(1)).toBe(logOf(1));
  expect(logOf(1)).not.toBe(logOf(2));
});
