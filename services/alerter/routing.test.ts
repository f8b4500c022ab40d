import { describe, expect, test } from "vitest";

import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { Told } from "./routing.ts";
import { routeOf, toldAfter } from "./routing.ts";
import { stormAlert } from "./testing/storm-alerts.ts";

const opened = stormAlert({ type: "storm.opened", severity: "warning" });
const updated = stormAlert({ type: "storm.updated", severity: "warning", revision: 2 });
const worse = stormAlert({ type: "storm.updated", severity: "critical", revision: 2 });
const resolved = stormAlert({ type: "storm.resolved", severity: "warning", revision: 3 });
const watch = stormAlert({ type: "storm.watch", severity: "watch" });

const all = { minSeverity: "watch", updates: true } as const;
const usual = { minSeverity: "warning", updates: true } as const;
const few = { minSeverity: "warning", updates: false } as const;
const pager = { minSeverity: "critical", updates: false } as const;

const open: Told = { state: "open", severity: "warning", heard: 1 };
const openCritical: Told = { ...open, severity: "critical" };
const over: Told = { ...open, state: "resolved" };

describe("who hears what", () => {
  test.each<[string, StormAlert, Parameters<typeof routeOf>[1], Told | undefined, boolean, string]>([
    ["a watch pages nobody by default", watch, usual, undefined, false, "below-severity"],
    ["a watch where it is wanted", watch, all, undefined, false, "send"],
    ["a storm opens", opened, usual, undefined, false, "send"],
    ["a warning at a receiver for critical ones", opened, pager, undefined, false, "below-severity"],
    ["it grows", updated, usual, open, false, "send"],
    ["it grows, and that is not wanted", updated, few, open, false, "updates-off"],
    ["its severity rises, and growth is not wanted", worse, few, open, false, "send"],
    ["it grows further, critical as told", worse, few, openCritical, false, "updates-off"],
    ["it becomes critical: the first word for a pager", worse, pager, undefined, false, "send"],
    ["it goes on after it was told to be over", updated, few, over, false, "send"],
    ["it is over", resolved, usual, open, false, "send"],
    ["it is over, and nobody was told of it", resolved, usual, undefined, false, "nothing-to-resolve"],
    ["it is over, and that was told", resolved, usual, over, false, "nothing-to-resolve"],
    ["a silenced storm opens", opened, usual, undefined, true, "silenced"],
    ["a silenced storm grows", updated, usual, open, true, "silenced"],
    ["a silenced storm that was told ends", resolved, usual, open, true, "send"],
    ["a silenced storm that was not told ends", resolved, usual, undefined, true, "nothing-to-resolve"],
    ["what was said before was lost", updated, few, { ...open, heard: 0 }, false, "send"],
    ["it comes again when a silence ends, and was heard", updated, usual, { ...open, heard: 2 }, false, "told-already"],
    ["a silence has ended, the storm has not", updated, few, undefined, false, "send"],
  ])("%s", (_name, ...[alert, receiver, told, silenced, expected]) => {
    expect(routeOf(alert, receiver, { told, waits: false, silenced })).toBe(expected);
  });
});

test("what was told grows in severity only, and is open again when the storm goes on", () => {
  expect(toldAfter(opened, undefined)).toEqual({ state: "open", severity: "warning", heard: 0 });
  expect(toldAfter(worse, open)).toEqual({ state: "open", severity: "critical", heard: 1 });
  expect(toldAfter(resolved, openCritical)).toEqual({ state: "resolved", severity: "critical", heard: 1 });
  expect(toldAfter(updated, { ...openCritical, state: "resolved" })).toMatchObject({
    state: "open",
    severity: "critical",
  });
});
