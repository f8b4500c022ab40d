// Every scenario with a storm, or with the shape of one, through the whole of `squall replay`: at the default price gate and at 1,000
// for its lists. A day without a storm is told by ordinary-day-*.test.ts.

import { describe, expect, test } from "vitest";
import type { ScenarioName } from "../../services/squall/simulate/scenarios.ts";
import { faultsOf, play } from "./simulated-storms.ts";

/** Scales at which the price gate is reached at all, and a run takes a second or two. */
const STORMS: readonly (readonly [name: ScenarioName, scale: number, seeds: readonly number[]])[] = [
  ["nhs-2016", 0.0004, [1, 2]],
  ["bedlam-1997", 0.02, [1, 2, 3]],
  ["cisco-2013", 0.02, [1, 2, 3]],
  ["university", 0.005, [1, 2]],
  ["recall-storm", 0.06, [1, 2, 3]],
  ["small-company", 1, [1, 2, 3, 10]],
  ["two-lists", 0.015, [1, 2]],
  ["time-zones", 0.005, [1, 2]],
  ["moderated-list", 0.15, [1, 2, 3]],
];

describe.each(STORMS)("%s", (scenario, scale, seeds) => {
  test.each(seeds)("seed %i opens as its ground truth expects, at both price gates", async (seed) => {
    const played = await play({ scenario, seed, scale });
    expect(played.truth.storms.length).toBe(1);
    expect(faultsOf(played, "defaultGate")).toEqual([]);
    const lists = played.truth.storms.flatMap((storm) => storm.lists);
    const rules = lists.map(({ address }) => ({ list: address, priceGateDeliveries: 1000 }));
    expect(faultsOf(await play({ scenario, seed, scale }, rules), "gateOf1000")).toEqual([]);
  });
});

describe("what the ground truth expects is not always the same", () => {
  test("a company of 300 stays below the default price gate, but for the liveliest seed", async () => {
    const opened: number[] = [];
    for (const seed of [1, 2, 10]) {
      const played = await play({ scenario: "small-company", seed, scale: 1 });
      const [storm] = played.truth.storms;
      expect(storm?.expected.gateOf1000.verdict).toBe("opens");
      expect(storm?.expected.defaultGate.verdict).toBe(seed === 10 ? "opens" : "silent");
      if (played.opened.length > 0) opened.push(seed);
    }
    expect(opened).toEqual([10]);
  });

  test("time zones hours apart are three storms, each with an id of its own", async () => {
    const { truth, opened } = await play({ scenario: "time-zones", seed: 1, scale: 0.005 });
    expect(truth.storms[0]?.expected.stormsMost).toBe(3);
    expect(new Set(opened.map(({ stormId }) => stormId)).size).toBe(3);
  });

  test("two lists in one To are one storm", async () => {
    const { truth, opened } = await play({ scenario: "two-lists", seed: 2, scale: 0.015, until: 3 * 3600 });
    expect(opened.length).toBe(1);
    expect(opened[0]?.evidence.audience).toBe(truth.storms[0]?.audience);
  });
});

describe("congratulations open a storm although they are none: the known weakness, neither wished nor tuned away", () => {
  test.each([1, 2, 3, 4])("seed %i: as the rule has it, or not at all where the list says so", async (seed) => {
    const options = { scenario: "congratulations", seed, scale: 0.3, until: 4 * 3600 } as const;
    const played = await play(options);
    const discussion = played.truth.discussions.find(({ knownWeakness }) => knownWeakness !== undefined);
    const { verdict, replyAll = 0 } = discussion?.knownWeakness?.defaultGate ?? {};
    expect(played.truth.storms).toEqual([]);
    expect(verdict).toBe("opens");
    expect(played.opened.map(({ list }) => list)).toEqual([discussion?.list]);
    expect(played.opened[0]?.evidence.replyAlls).toBeLessThanOrEqual(replyAll);
    const expectedRepliesUntil = Date.parse(played.truth.endedAt);
    const told = await play(options, [{ list: discussion?.list ?? "", expectedRepliesUntil }]);
    expect(told.opened).toEqual([]);
  });
});
