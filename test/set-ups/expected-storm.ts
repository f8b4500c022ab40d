// A log of a set-up and the truth of its conversation -> what `squall replay` must say of it: one storm, the right list, each
// reply-all, and the reach of the list within 5 %.

import { expect } from "vitest";

import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { replayHere } from "../e2e/replay-here.ts";
import type { Truth } from "./conversation.ts";

const CALM_MS = 30 * 60_000;
const WITHIN = 0.05;

/** Returns the alerts. `config` is the path of a configuration file. */
export async function expectStorm(logFile: string, truth: Truth, config?: string): Promise<readonly StormAlert[]> {
  const { code, out, err } = await replayHere([logFile], config === undefined ? {} : { config });
  expect(code).toBe(0);
  expect(err).toContain(" 0 rejected");
  const alerts = out.trimEnd().split("\n").map(alertOf);
  const opened = alerts.filter(({ type }) => type === "storm.opened");
  expect(opened.map(({ list, starter }) => ({ list, starter }))).toEqual([
    { list: truth.list, starter: truth.starter },
  ]);
  const last = alerts.at(-1);
  expect(last).toMatchObject({ type: "storm.resolved", list: truth.list, stormId: opened[0]?.stormId });
  expect(new Set(alerts.map(({ stormId }) => stormId)).size).toBe(1);
  expect(last?.evidence.replyAlls).toBe(truth.replyAlls);
  expectNear(last?.evidence.audience, truth.audience);
  expectNear(last?.evidence.deliveriesSoFar, truth.audience * truth.messagesToAll);
  expect(Math.abs((last?.startedAt ?? 0) - truth.startedAt)).toBeLessThanOrEqual(5000);
  // Half an hour from the last new person: whoever was held counts when their mail went out.
  expect((last?.resolvedAt ?? 0) - truth.releasedAt).toBeGreaterThanOrEqual(CALM_MS);
  expect((last?.resolvedAt ?? 0) - truth.releasedAt).toBeLessThanOrEqual(CALM_MS + 60_000);
  return alerts;
}

function alertOf(line: string): StormAlert {
  const decoded = decodeStormAlert(line);
  if (!decoded.ok) throw new Error(`no alert: ${decoded.reason}`);
  return decoded.alert;
}

function expectNear(found: number | undefined, truth: number): void {
  expect(found).toBeGreaterThanOrEqual(truth * (1 - WITHIN));
  expect(found).toBeLessThanOrEqual(truth * (1 + WITHIN));
}
