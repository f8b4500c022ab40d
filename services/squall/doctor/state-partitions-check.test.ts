import { expect, test } from "vitest";
import { POSITION_KEY, positionValue } from "../../../shared/runtime/stage/partition-position.ts";
import type { NewestRecord } from "../../../shared/runtime/topic-trials.ts";
import { statePartitionFindings } from "./state-partitions-check.ts";

function entry(key: string, value: Buffer | undefined): NewestRecord {
  return { partition: 0, offset: 0, key: Buffer.from(key), value, timestampMs: 0 };
}

function said(newest: readonly NewestRecord[]): string[] {
  const findings = statePartitionFindings({ state: "a.state", input: "a", partitions: 6, newest });
  return findings.map(({ level, subject, text }) => `${level} ${subject}: ${text}`);
}

test.each<[string, NewestRecord[], string[]]>([
  ["nothing was written yet", [], []],
  ["as many as now", [entry(POSITION_KEY, positionValue({ offset: 9, readTo: 9, of: 6 })), entry("x", undefined)], []],
  [
    "another number",
    [entry(POSITION_KEY, positionValue({ offset: 9, readTo: 9, of: 4 }))],
    [
      "fail topic a.state: was written when a had 4 partitions; it has 6 now: what belongs together would be read apart",
    ],
  ],
  [
    "by a newer squall",
    [entry(POSITION_KEY, Buffer.from('{"v":2,"offset":9,"of":6}'))],
    ["fail topic a.state: the position was written by a newer squall"],
  ],
  ["damaged", [entry(POSITION_KEY, Buffer.from("{"))], ["fail topic a.state: the position cannot be read: {"]],
])("%s", (_, newest, findings) => {
  expect(said(newest)).toEqual(findings);
});
