// Rules of lists that change while the detector runs: it goes on as one that is restored with the new ones.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ListRule } from "../../shared/domain/detector-settings.ts";
import { changeListRules } from "./change-list-rules.ts";
import type { DetectorInput } from "./detector.ts";
import { conversation, settingsWith, STAFF } from "./testing/conversation.ts";
import { KeptRun } from "./testing/kept-run.ts";

const before: readonly ListRule[] = [{ list: "b@*", audience: 12_000 }];

const AFTER: readonly (readonly [string, readonly ListRule[]])[] = [
  ["none", []],
  ["a lower price", [{ list: "*", priceGateDeliveries: 1000 }]],
  ["a list that is exempt", [{ list: STAFF, exempt: true }]],
  ["another audience", [{ list: "*", audience: 50_000 }]],
  ["no audience where one was", [{ list: STAFF, audience: 300 }]],
  ["announcements only", [{ list: "*", announceOnly: true }]],
  ["thresholds", [{ list: "*", thresholds: { repliersMin: 2, paceColdScore: 4 } }]],
];

function inputs(): DetectorInput[] {
  const events = [
    ...conversation({ audience: 900, gaps: [30, 20, 40, 30, 200, 60, 60] }),
    ...conversation({ audience: 25, gaps: [30, 70, 90, 40], rootId: "b", list: "b@corp.example", startSeconds: 15 }),
    ...conversation({ audience: 2000, gaps: [300, 30, 30], rootId: "c", startSeconds: 700 }),
  ];
  return events.toSorted((one, other) => one.at - other.at).map((event) => ({ kind: "event", event }));
}

describe.each(AFTER)("%s", (_name, listRules) => {
  test("is as after a restart", () => {
    const all = inputs();
    fc.assert(
      fc.property(fc.nat({ max: all.length }), (cut) => {
        const running = new KeptRun(settingsWith({ listRules: before }), new Map());
        running.feed(all.slice(0, cut), 3);
        const told = running.told.length;
        const restarted = new KeptRun(settingsWith({ listRules }), running.stored);
        changeListRules(running.state, listRules);
        for (const run of [running, restarted]) run.feed(all.slice(cut), 3);
        expect(restarted.told).toEqual(running.told.slice(told));
      }),
      { seed: 20_161_114, numRuns: 20 },
    );
  });
});

test("holds from the next mail on", () => {
  const all = inputs();
  const opened = (run: KeptRun): number => run.told.filter((line) => line.includes("storm.opened")).length;
  const run = new KeptRun(settingsWith({ listRules: [] }), new Map());
  run.feed(all.slice(0, 8), 3);
  expect(opened(run)).toBe(0);
  changeListRules(run.state, [{ list: "*", priceGateDeliveries: 100 }]);
  run.feed(all.slice(8), 3);
  expect(opened(run)).toBeGreaterThan(0);
});
