import { describe, expect, test } from "vitest";
import { loadConfiguration } from "../../services/squall/configuration.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { alertsOfChunks } from "../e2e/memory-input.ts";
import { collect } from "../support/simulated-log.ts";
import { outcomeOf, playScenario } from "./scenario-outcome.ts";

const config = await loadConfiguration({ emitWindows: false }, {});

describe("the NHS storm, 3,360 people of it", () => {
  const run = { scenario: "nhs-2016", seed: 1, scale: 0.004 } as const;

  test("is opened by squall before it trips Microsoft's rule, and nothing else is", async () => {
    const { storms, discussions, squallFalse, microsoftFalse } = await playScenario(run, config);
    const [storm, ...more] = storms;
    expect(more).toEqual([]);
    expect(storm).toMatchObject({ audience: 3360, microsoft: { replyAlls: 10 } });
    expect(storm?.deliveries).toBe(3360 * ((storm?.replyAlls ?? 0) + 1));
    expect(storm?.squall?.replyAlls).toBeLessThanOrEqual(5);
    expect(storm?.squall?.seconds).toBeLessThan(storm?.microsoft?.seconds ?? 0);
    expect(storm?.squall?.deliveries).toBeGreaterThan(0);
    expect(discussions).toBeGreaterThan(10);
    expect([squallFalse, microsoftFalse]).toEqual([[], 0]);
  });
});

describe("an alert is held against the truth", () => {
  const run = { scenario: "nhs-2016", seed: 1, scale: 0.001 } as const;
  const { log, truth } = collect({ ...run, until: 3600 });
  const raised = alertsOfChunks([log][Symbol.iterator](), config);
  const [storm] = truth.storms;

  const openings = async (changes: (alert: StormAlert) => Partial<StormAlert>): Promise<StormAlert[]> =>
    (await raised)
      .filter(({ type }) => type === "storm.opened")
      .map((alert): StormAlert => ({ ...alert, ...changes(alert) }));

  test.each<[string, (alert: StormAlert) => Partial<StormAlert>, number]>([
    ["it names messages of the storm, on whichever list", () => ({ list: "other@example.org" }), 1],
    ["other messages on the storm's list, while it went on", (alert) => withoutMessages(alert), 1],
    ["other messages on another list", (alert) => ({ ...withoutMessages(alert), list: "other@example.org" }), 0],
    [
      "other messages on its list, before it began",
      (alert) => ({ ...withoutMessages(alert), detectedAt: Date.parse(storm?.firstAt ?? "") - 1 }),
      0,
    ],
  ])("%s", async (_name, changes, caught) => {
    const outcome = outcomeOf(run, truth, await openings(changes));
    expect(outcome.storms.filter(({ squall }) => squall !== undefined)).toHaveLength(caught);
    expect(outcome.squallFalse).toHaveLength(1 - caught);
  });

  test("a watch is told apart, no alert is nothing", async () => {
    const watches = await openings(() => ({ type: "storm.watch" }));
    expect(outcomeOf(run, truth, watches).storms).toMatchObject([{ squall: undefined, watched: true }]);
    expect(outcomeOf(run, truth, []).storms).toMatchObject([{ squall: undefined, watched: false }]);
  });

  test("where machines wrote, their mails are counted", async () => {
    const automatic = await openings(({ evidence }) => ({
      reasons: ["automatic"],
      evidence: { ...evidence, replyAlls: 0, autoReplies: 20 },
    }));
    expect(outcomeOf(run, truth, automatic).storms[0]?.squall?.replyAlls).toBe(20);
  });

  test("a storm to fewer than 2,500 never trips Microsoft's rule", () => {
    expect(outcomeOf(run, truth, []).storms).toMatchObject([{ audience: 840, microsoft: undefined }]);
  });
});

function withoutMessages({ evidence }: StormAlert): Partial<StormAlert> {
  return { evidence: { ...evidence, messageIds: [] } };
}
