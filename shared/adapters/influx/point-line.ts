// Point -> one line of line protocol. The client's Point writes it; what it lets through is mended before:
// a backslash at the end of a tag swallows the next one, an empty tag vanishes, line breaks and control characters stay.
// Nothing that a text holds can add a tag, a field or a line.

import { createHash } from "node:crypto";
import { Point } from "@influxdata/influxdb-client";
import type { PointLine, WrittenPoint } from "../../runtime/point-writer.ts";

/** UTF-16 units. */
const TAG_CHARS_MAX = 320;
const FIELD_CHARS_MAX = 4_000;
/** Of a tag that had to be changed, so that two texts never become one series. */
const MARK_CHARS = 10;
const NAME = /^[a-z][a-z_]*$/u;

/** Throws a TypeError for names that are not ours, and RangeError for numbers that are no numbers: both are mistakes of the program. */
export function pointLine({ measurement, tags, fields, timeMs }: WrittenPoint): PointLine {
  const time = `${checkedTime(timeMs)}`;
  const point = new Point(checkedName(measurement));
  for (const [name, value] of tags) point.tag(checkedName(name), tagText(value));
  for (const field of fields) {
    const name = checkedName(field.name);
    if (field.type === "string") point.stringField(name, fieldText(field.value));
    else if (field.type === "boolean") point.booleanField(name, field.value);
    else if (!Number.isFinite(field.value)) throw new RangeError(`${name} is ${field.value}`);
    else if (field.type === "integer") point.intField(name, field.value);
    else point.floatField(name, field.value);
  }
  const line = point.toLineProtocol({ convertTime: () => time });
  if (line === undefined) throw new TypeError(`${measurement} without a field`);
  // Where the fields begin: the first space that no backslash stands before. No tag has a backslash of its own.
  const end = line.search(/(?<!\\) /u);
  return { line, identity: `${line.slice(0, end)} ${time}` };
}

function checkedName(name: string): string {
  if (!NAME.test(name)) throw new TypeError(`not a name of a measurement, tag or field: ${JSON.stringify(name)}`);
  return name;
}

function checkedTime(timeMs: number): number {
  if (!Number.isSafeInteger(timeMs)) throw new RangeError(`not a time in ms: ${timeMs}`);
  return timeMs;
}

/** Readers of the protocol differ in what a backslash or a quote means inside a tag, so a tag has none. */
function tagText(value: string): string {
  const plain = plainText(value).replaceAll("\\", "/").replaceAll('"', "'");
  if (plain === value && plain !== "" && plain.length <= TAG_CHARS_MAX) return plain;
  const mark = createHash("sha256").update(value, "utf16le").digest("hex").slice(0, MARK_CHARS);
  return `${plain.slice(0, TAG_CHARS_MAX - MARK_CHARS - 1).toWellFormed()}~${mark}`;
}

function fieldText(value: string): string {
  return plainText(value).slice(0, FIELD_CHARS_MAX).toWellFormed();
}

/** Control characters (C0, DEL, C1) and line separators as spaces; halves of characters as U+FFFD, as they would be sent. */
function plainText(value: string): string {
  return value.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ").toWellFormed();
}
