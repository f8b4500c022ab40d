// A log -> squall.mail-logs of a site, at a pace, as shippers do: without a key, chunk by chunk into the partitions in turn, so that
// lines of one mail come through several. What a broker did not take is sent again.

import { setTimeout as pause } from "node:timers/promises";
import type { NewRecord, PlainWriter, TopicLog } from "../../../shared/runtime/topic-log.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";

export interface FeedOptions {
  readonly topic: string;
  readonly partitions: number;
  /** Of one record. */
  readonly linesPerRecord: number;
  /** Undefined: as fast as it goes. */
  readonly linesPerSecond: number | undefined;
  /** Records of one write. */
  readonly recordsPerWrite: number;
}

/** Returns how often a write had to be made again: what it held may be there twice. */
export async function feedLines(log: TopicLog, lines: readonly string[], options: FeedOptions): Promise<number> {
  const { topic, partitions, linesPerRecord, linesPerSecond, recordsPerWrite } = options;
  const startedMs = performance.now();
  let writer: PlainWriter | undefined;
  let again = 0;
  let turn = 0;
  for (let from = 0; from < lines.length;) {
    const records: NewRecord[] = [];
    for (; records.length < recordsPerWrite && from < lines.length; from += linesPerRecord) {
      const value = Buffer.from(lines.slice(from, from + linesPerRecord).join("\n"), "latin1");
      records.push({ topic, partition: turn % partitions, key: undefined, value });
      turn += 1;
    }
    for (;;) {
      try {
        writer ??= await log.openPlainWriter();
        await writer.write(records);
        break;
      } catch (error) {
        if (!(error instanceof LogError) || error.fault === "refused") throw error;
        again += 1;
        await writer?.close();
        writer = undefined;
      }
    }
    if (linesPerSecond === undefined) continue;
    const dueMs = startedMs + (from / linesPerSecond) * 1000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
  }
  await writer?.close();
  return again;
}
