// counts by event-time minute -> ThreadWindows of thread, list and site. Tumbling minutes, half open, aligned to the epoch.
//
//   watermark            window [10:00, 10:01), allowed lateness 30 s
//   10:00:40             provisional, if it changed and 10 s have passed since the last provisional ones
//   10:01:30             final
//   10:20, a change      final again, counted as late
//   12:01                dropped; what still comes is expired

import { MINUTE_MS, minuteStart } from "../../shared/domain/delivery-minutes.ts";
import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { ThreadWindow, WindowScope } from "../../shared/domain/thread-window.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import { type Changes, noteChange, noteGone, type Tracked, tracked } from "./tracked.ts";
import { createRow, type WindowRow } from "./window-row.ts";

export interface MinuteRows extends Tracked {
  readonly kind: "minute";
  readonly windowStart: number;
  readonly rows: Map<string, WindowRow>;
  final: boolean;
}

export interface WindowTable {
  readonly minutes: Map<number, MinuteRows>;
  readonly changed: WindowRow[];
  rowCount: number;
  /** The site's row used last: ordinary mail comes minute by minute. */
  siteRow: WindowRow | undefined;
  /** Nothing older is kept. */
  keptFrom: number;
  /** Earliest end of a window that is not final yet, allowed lateness included. */
  nextFinalAt: number;
  provisionalAt: number;
  readonly changes: Changes | undefined;
}

export function createWindowTable(changes?: Changes): WindowTable {
  return {
    minutes: new Map(),
    changed: [],
    rowCount: 0,
    siteRow: undefined,
    keptFrom: Number.NEGATIVE_INFINITY,
    nextFinalAt: Number.POSITIVE_INFINITY,
    provisionalAt: Number.NEGATIVE_INFINITY,
    changes,
  };
}

/** Minutes kept at once: a week, for a log whose ticks are rare. */
const MINUTES_MAX = 10_080;

/** The site's row of the minute `at` falls in, marked as changed; undefined when that minute is expired. */
export function siteRow(
  table: WindowTable,
  site: string,
  at: number,
  settings: DetectorSettings,
): WindowRow | undefined {
  const cached = table.siteRow;
  if (cached !== undefined && at >= cached.windowStart && at < cached.windowStart + MINUTE_MS) {
    if (!cached.changed) markChanged(table, cached);
    noteChange(cached);
    return cached;
  }
  const row = windowRow(table, { scope: "site", key: site, at }, settings);
  table.siteRow = row;
  return row;
}

/** A row marked as changed; undefined when its minute is expired or there is no room. */
export function windowRow(
  table: WindowTable,
  place: { readonly scope: WindowScope; readonly key: string; readonly at: number },
  settings: DetectorSettings,
): WindowRow | undefined {
  const start = minuteStart(place.at);
  if (start < table.keptFrom) return undefined;
  if (table.minutes.size >= MINUTES_MAX && !table.minutes.has(start)) return undefined;
  const minute = table.minutes.get(start) ?? addMinute(table, start, settings);
  const key = `${place.scope} ${place.key}`;
  let row = minute.rows.get(key);
  if (row === undefined) {
    if (table.rowCount >= settings.bounds.windowsMax && place.scope !== "site") return undefined;
    row = createRow(place.scope, { key: place.key, windowStart: start }, table.changes);
    minute.rows.set(key, row);
    table.rowCount += 1;
  }
  if (!row.changed) markChanged(table, row);
  noteChange(row);
  return row;
}

/** Emits what the watermark allows, in order of windowStart, scope and key, and forgets expired minutes. */
export function advanceWindows(
  table: WindowTable,
  watermark: number,
  settings: DetectorSettings,
  counters: DetectorCounters,
): WindowRow[] {
  const provisionalDue = watermark >= table.provisionalAt + settings.provisionalEveryMs;
  if (!provisionalDue && watermark < table.nextFinalAt) return [];
  const due: WindowRow[] = [];
  if (watermark >= table.nextFinalAt) closeMinutes(table, watermark, settings, due);
  if (provisionalDue) {
    table.provisionalAt = watermark;
    takeChanged(table, due, counters);
  }
  forgetMinutes(table, watermark - settings.expiredAfterMs);
  return due.sort(byPlace);
}

/** The contract's shape of a row. */
export function windowOf(table: WindowTable, row: WindowRow, site: string): ThreadWindow {
  return {
    v: 1,
    site,
    scope: row.scope,
    key: row.key,
    ...(row.list === undefined ? {} : { list: row.list }),
    windowStart: row.windowStart,
    windowEnd: row.windowStart + MINUTE_MS,
    final: table.minutes.get(row.windowStart)?.final ?? true,
    replyAlls: row.replyAlls,
    distinctRepliers: row.repliers?.size ?? 0,
    automatic: row.automatic,
    messages: row.messages,
    recipients: Math.max(0, row.recipients),
    deliveries: Math.max(0, row.deliveries),
    audience: row.audience,
    score: row.score,
  };
}

/** A minute that is not final, until the watermark says so. */
export function addMinute(table: WindowTable, start: number, settings: DetectorSettings): MinuteRows {
  const minute: MinuteRows = {
    kind: "minute",
    ...tracked(table.changes),
    windowStart: start,
    rows: new Map(),
    final: false,
  };
  noteChange(minute);
  table.minutes.set(start, minute);
  table.nextFinalAt = Math.min(table.nextFinalAt, start + MINUTE_MS + settings.allowedLatenessMs);
  return minute;
}

function markChanged(table: WindowTable, row: WindowRow): void {
  row.changed = true;
  table.changed.push(row);
}

function closeMinutes(table: WindowTable, watermark: number, settings: DetectorSettings, due: WindowRow[]): void {
  table.nextFinalAt = Number.POSITIVE_INFINITY;
  for (const minute of table.minutes.values()) {
    if (minute.final) continue;
    const finalAt = minute.windowStart + MINUTE_MS + settings.allowedLatenessMs;
    if (watermark < finalAt) {
      table.nextFinalAt = Math.min(table.nextFinalAt, finalAt);
      continue;
    }
    minute.final = true;
    noteChange(minute);
    for (const row of minute.rows.values()) {
      row.changed = false;
      noteChange(row);
      due.push(row);
    }
  }
  // Rows that went out as final are no longer waiting; their place in the list of changes is given up.
  let kept = 0;
  for (const row of table.changed) {
    if (!row.changed) continue;
    table.changed[kept] = row;
    kept += 1;
  }
  table.changed.length = kept;
}

function takeChanged(table: WindowTable, due: WindowRow[], counters: DetectorCounters): void {
  for (const row of table.changed) {
    row.changed = false;
    noteChange(row);
    if (table.minutes.get(row.windowStart)?.final === true) counters.windowsLate += 1;
    due.push(row);
  }
  table.changed.length = 0;
}

function forgetMinutes(table: WindowTable, expiredUntil: number): void {
  // None is kept from before, and none is taken in any more.
  if (minuteStart(expiredUntil) <= table.keptFrom) return;
  for (const minute of table.minutes.values()) {
    if (minute.windowStart + MINUTE_MS > expiredUntil) continue;
    table.minutes.delete(minute.windowStart);
    noteGone(minute);
    for (const row of minute.rows.values()) noteGone(row);
    table.rowCount -= minute.rows.size;
    if (table.siteRow?.windowStart === minute.windowStart) table.siteRow = undefined;
  }
  table.keptFrom = Math.max(table.keptFrom, minuteStart(expiredUntil));
}

const SCOPE_ORDER: Readonly<Record<WindowScope, number>> = { thread: 0, list: 1, site: 2 };

function byPlace(one: WindowRow, other: WindowRow): number {
  if (one.windowStart !== other.windowStart) return one.windowStart - other.windowStart;
  if (one.scope !== other.scope) return SCOPE_ORDER[one.scope] - SCOPE_ORDER[other.scope];
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}
