// messages of a storm -> rows by minute from its first mail on; by more than a minute where it lasted long, so that the rows are bounded.
// A tail of late deliveries (a queue that retries for days) does not make the rows of the storm itself wide: it is summed behind them.

import { MINUTE_MS, minuteStart } from "../../shared/domain/delivery-minutes.ts";
import type { StormMessage } from "../../shared/domain/storm-account.ts";
import type { IncidentMinute, IncidentMinutes } from "./incident.ts";
import { UTC_OFFSET, type ZoneOffset } from "../../shared/domain/zone-offset.ts";

/** Six hours by the minute. */
const ROWS_MAX = 360;
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720];
const DAY_MINUTES = 1440;
/** The rows end where this share of the deliveries was made, or with the last message. */
const SHARE_SHOWN = 0.99;

/** Moments from which on accepted mails are told apart; undefined: never. */
export interface Moments {
  readonly alertAt: number;
  readonly microsoftAt: number | undefined;
}

type OpenRow = { -readonly [Field in keyof IncidentMinute]: IncidentMinute[Field] };

/**
 * `messages` in order of time. Rows are equally long, and round in the zone at the first of them: one of several hours that comes after a
 * change of clocks begins an hour beside.
 */
export function incidentMinutes(
  messages: readonly StormMessage[],
  moments: Moments,
  offsetMs: ZoneOffset = UTC_OFFSET,
): IncidentMinutes {
  const first = messages[0];
  if (first === undefined) return { stepMs: MINUTE_MS, rows: [], later: undefined };
  const start = minuteStart(first.at);
  const until = Math.max(endOfDeliveries(messages), minuteStart(messages.at(-1)?.at ?? start) + MINUTE_MS);
  const stepMs = stepFor(until - start);
  const offset = offsetMs(start);
  const from = Math.floor((start + offset) / stepMs) * stepMs - offset;
  const rows = Array.from({ length: Math.ceil((until - from) / stepMs) }, (_, index) => openRow(from + index * stepMs));
  const rowAt = (at: number): OpenRow | undefined => rows[Math.max(0, Math.floor((at - from) / stepMs))];
  const later = { delivered: 0, untilMs: 0 };
  for (const message of messages) {
    countMessage(rowAt(message.at), message);
    for (const { start: minute, delivered } of message.minutes) {
      const row = rowAt(minute);
      if (row !== undefined) countDeliveries(row, message.at, delivered, moments);
      else {
        later.delivered += delivered;
        later.untilMs = Math.max(later.untilMs, minute + MINUTE_MS);
      }
    }
  }
  return { stepMs, rows, later: later.delivered === 0 ? undefined : later };
}

function stepFor(spanMs: number): number {
  const minutes = spanMs / MINUTE_MS;
  // One row more where the first begins before the storm does.
  const step = STEPS_MINUTES.find((each) => minutes / each <= ROWS_MAX - 1);
  return (step ?? Math.ceil(minutes / ROWS_MAX / DAY_MINUTES) * DAY_MINUTES) * MINUTE_MS;
}

/** End of the minute in which nearly all deliveries had been made. */
function endOfDeliveries(messages: readonly StormMessage[]): number {
  const byMinute = new Map<number, number>();
  let total = 0;
  for (const { minutes } of messages) {
    for (const { start, delivered } of minutes) {
      byMinute.set(start, (byMinute.get(start) ?? 0) + delivered);
      total += delivered;
    }
  }
  let sum = 0;
  for (const [start, delivered] of [...byMinute].sort((one, other) => one[0] - other[0])) {
    sum += delivered;
    if (sum >= total * SHARE_SHOWN) return start + MINUTE_MS;
  }
  return 0;
}

function openRow(start: number): OpenRow {
  return { start, replyAlls: 0, automatic: 0, delivered: 0, deliveredAfterAlert: 0, deliveredAfterMicrosoft: 0 };
}

function countMessage(row: OpenRow | undefined, { role }: StormMessage): void {
  if (row === undefined) return;
  if (role === "automatic") row.automatic += 1;
  if (role === "reply-all") row.replyAlls += 1;
}

function countDeliveries(
  row: OpenRow,
  acceptedAt: number,
  delivered: number,
  { alertAt, microsoftAt = Number.POSITIVE_INFINITY }: Moments,
): void {
  row.delivered += delivered;
  if (acceptedAt > alertAt) row.deliveredAfterAlert += delivered;
  if (acceptedAt > microsoftAt) row.deliveredAfterMicrosoft += delivered;
}
