// The first bytes of an input -> month and day of its first stamp that names no year.

import type { MonthDay } from "../../ingest/calendar-day.ts";
import { behindPriority, nestedHeader } from "../../ingest/envelopes/nested-header.ts";
import { ShippedLines } from "../../ingest/envelopes/shipped-lines.ts";
import { monthDayAt } from "../../ingest/syslog-stamp.ts";

const NEWLINE = 10;
const SPACE = 32;
const OPEN_BRACE = 123;
/** How far into an input its first stamp is looked for. */
const PEEK_LINES = 200;

/** Month and day of the first RFC 3164 stamp of a chunk; within a shipper's JSON or behind a shipper's header, too. */
export function firstMonthDay(chunk: Buffer): MonthDay | undefined {
  let found: MonthDay | undefined;
  const readLine = (bytes: Buffer, start: number, end: number): "other" => {
    found = monthDayAt(bytes, behindPriority(bytes, start)) ?? nestedMonthDay(bytes, start, end);
    return "other";
  };
  const shipped = new ShippedLines({ readLine });
  let start = 0;
  for (let line = 0; line < PEEK_LINES && start < chunk.length; line += 1) {
    const newline = chunk.indexOf(NEWLINE, start);
    const end = newline < 0 ? chunk.length : newline;
    if (chunk[start] === OPEN_BRACE) shipped.read(chunk, start, end);
    else readLine(chunk, start, end);
    if (found !== undefined || newline < 0) return found;
    start = newline + 1;
  }
  return undefined;
}

/** Of a line that begins with a stamp that is one word, and a host. */
function nestedMonthDay(bytes: Buffer, start: number, end: number): MonthDay | undefined {
  const host = bytes.indexOf(SPACE, start) + 1;
  const tag = host > 0 && host < end ? bytes.indexOf(SPACE, host) + 1 : 0;
  const inner = tag > 0 && tag < end ? nestedHeader(bytes, tag, end) : -1;
  return inner < 0 ? undefined : monthDayAt(bytes, behindPriority(bytes, inner));
}
