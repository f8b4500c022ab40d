// What the state says its input was cut into -> is it still.

import { POSITION_KEY, readPosition } from "../../../shared/runtime/stage/partition-position.ts";
import { StateLogError } from "../../../shared/runtime/state-log.ts";
import type { NewestRecord } from "../../../shared/runtime/topic-trials.ts";
import type { Finding } from "./finding.ts";

interface StateFacts {
  readonly state: string;
  readonly input: string;
  /** Of the input, now. */
  readonly partitions: number;
  /** Of the state. */
  readonly newest: readonly NewestRecord[];
}

export function statePartitionFindings({ state, input, partitions, newest }: StateFacts): Finding[] {
  const subject = `topic ${state}`;
  const before = new Set<number>();
  for (const { key, value } of newest) {
    if (value === undefined || key?.toString("utf8") !== POSITION_KEY) continue;
    try {
      before.add(readPosition(value).of);
    } catch (error) {
      if (!(error instanceof StateLogError)) throw error;
      const mend = ["A squall as new as the one that wrote it reads it."];
      return [{ level: "fail", subject, text: error.message, ...(error.fault === "version" ? { mend } : {}) }];
    }
  }
  const other = [...before].find((count) => count !== partitions);
  if (other === undefined) return [];
  const text = `was written when ${input} had ${other} partitions; it has ${partitions} now: what belongs together would be read apart`;
  const mend = [
    `Stop all services, delete the state topics and ${input}, and run squall topics --create;`,
    "or go on under another topicPrefix.",
  ];
  return [{ level: "fail", subject, text, mend }];
}
