// WindowRow <-> `row/ID`, MinuteRows <-> `minute/ID`.

import type { DetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { addMinute, type MinuteRows, type WindowTable } from "../thread-windows.ts";
import type { Changes } from "../tracked.ts";
import { createRow, type WindowRow } from "../window-row.ts";
import type { Fields } from "./entry-fields.ts";

const SCOPES = ["thread", "list", "site"] as const;

export function storedMinute({ windowStart, final }: MinuteRows): Readonly<Record<string, unknown>> {
  return { windowStart, final };
}

export function readMinute(fields: Fields, table: WindowTable, settings: DetectorSettings): MinuteRows {
  const start = fields.number("windowStart");
  if (table.minutes.has(start)) throw fields.refusal("is told twice");
  const nextFinalAt = table.nextFinalAt;
  const minute = addMinute(table, start, settings);
  minute.final = fields.flag("final");
  // One that is final waits for nothing.
  if (minute.final) table.nextFinalAt = nextFinalAt;
  return minute;
}

export function storedRow(row: WindowRow): Readonly<Record<string, unknown>> {
  const { kind: _kind, changes: _changes, id: _id, noted: _noted, stored: _stored, repliers, ...counts } = row;
  return { ...counts, repliers: repliers === undefined ? undefined : [...repliers] };
}

export function readRow(fields: Fields, changes: Changes | undefined): WindowRow {
  const place = { key: fields.text("key"), windowStart: fields.number("windowStart") };
  const row = createRow(fields.word("scope", SCOPES), place, changes);
  row.list = fields.textOrNone("list");
  row.replyAlls = fields.number("replyAlls");
  if (fields.has("repliers")) row.repliers = new Set(fields.texts("repliers"));
  row.automatic = fields.number("automatic");
  row.messages = fields.number("messages");
  row.recipients = fields.number("recipients");
  row.deliveries = fields.number("deliveries");
  row.audience = fields.number("audience");
  row.score = fields.number("score");
  row.changed = fields.flag("changed");
  return row;
}
