// The first bytes of an input -> month and day of its first stamp that names no year.

import type { MonthDay } from "../../ingest/calendar-day.ts";
import { behindPriority } from "../../ingest/envelopes/nested-header.ts";
import { monthDayAt } from "../../ingest/syslog-stamp.ts";

const NEWLINE = 10;
/** How far into an input its first stamp is looked for. */
const PEEK_LINES = 200;

/** Month and day of the first RFC 3164 stamp of a chunk. */
export function firstMonthDay(chunk: Buffer): MonthDay | undefined {
  let start = 0;
  for (let line = 0; line < PEEK_LINES && start < chunk.length; line += 1) {
    const found = monthDayAt(chunk, behindPriority(chunk, start));
    if (found !== undefined) return found;
    const newline = chunk.indexOf(NEWLINE, start);
    if (newline < 0) return undefined;
    start = newline + 1;
  }
  return undefined;
}
