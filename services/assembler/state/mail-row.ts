// OpenMail -> rows of its state, one JSON array a line, short because there are thousands a second:
//
//   ["m", id, numbers, minutes, told, previous, texts]   all that is known of a mail
//   ["n", id, numbers, minutes, told]                    the same but for its texts, which stay as they were
//   ["f", id]                                            the mail is forgotten
//   ["p", id, part, parts, "…"]                          a part of a row "m" that is too long for one entry
//
// numbers: in the order of NUMBERS, null where nothing is known; minutes: four integers each; told: as ToldRow, or 0; previous: id
// of the life before, or 0; texts: as the mail's fragment has them.

import { MINUTE_MS } from "../../../shared/domain/delivery-minutes.ts";
import type { MailFragment } from "../../../shared/domain/mail-fragment.ts";
import { digestOf } from "../event-digest.ts";
import type { OpenMail } from "../open-mail.ts";

/** Integers of a row. Times are ms since the epoch; the last three are what minutes before those listed sum up to. */
export const NUMBERS = [
  "flags",
  "removal",
  "firstAt",
  "lastAt",
  "acceptedAt",
  "nrcpt",
  "handedOn",
  "releasedAt",
  "removedAt",
  "delivered",
  "deferred",
  "bounced",
] as const;

// Flags.
/** Something came since it was told last. */
export const CHANGED = 1;
/** It is no longer in the table, and is here only to be told once more. */
export const FORGOTTEN = 2;
export const HELD = 4;

/** Event time, revision, end of the minutes told (null: all), and a digest of what was said, where the mail has changed since. */
export type ToldRow = readonly [at: number, revision: number, untilMs: number | null, digest: number | null];

/** Longest piece of a row in a row of its own, UTF-16 units: written as JSON once more they take three bytes each at most. */
const PART_CHARS = 16_384;
/** Longest row that stands by itself, bytes. */
export const ROW_BYTES_MAX = 49_152;

/** Does a fragment say more than numbers: anything that rows "n" leave out? Asked for each fragment. */
export function saysTexts(fragment: MailFragment): boolean {
  const { client, login, sender, messageId, headers, origTo, expandedTo, expansions, duplicateTo, headerTo } = fragment;
  const lists = origTo ?? expandedTo ?? expansions ?? duplicateTo;
  return (client ?? login ?? sender ?? messageId ?? headers ?? lists ?? headerTo) !== undefined;
}

export function wholeRow(mail: OpenMail): string {
  const { host, queueId, client, login, sender, messageId, headers, origTo, expandedTo } = mail.said;
  const { expansions, duplicateTo, headerTo } = mail.said;
  const texts = { host, queueId, client, login, sender, messageId, headers, origTo, expandedTo };
  const more = expansions === undefined && duplicateTo === undefined ? {} : { expansions, duplicateTo };
  return JSON.stringify([
    "m",
    mail.id,
    numbersOf(mail),
    minutesOf(mail),
    toldOf(mail),
    mail.previous?.id ?? 0,
    { ...texts, headerTo, ...more },
  ]);
}

export function numbersRow(mail: OpenMail): string {
  return JSON.stringify(["n", mail.id, numbersOf(mail), minutesOf(mail), toldOf(mail)]);
}

export function forgottenRow(id: number): string {
  return JSON.stringify(["f", id]);
}

/** A row too long for one entry, in rows that each fit into one. */
export function partRows(id: number, row: string): string[] {
  const parts = Math.ceil(row.length / PART_CHARS);
  return Array.from({ length: parts }, (_, part) =>
    JSON.stringify(["p", id, part, parts, row.slice(part * PART_CHARS, (part + 1) * PART_CHARS)]),
  );
}

function numbersOf({ said, earlier, removal, changed, forgotten }: OpenMail): (number | undefined)[] {
  const { firstAt, lastAt, acceptedAt, nrcpt, handedOn, releasedAt, removedAt, held } = said;
  const flags = (changed ? CHANGED : 0) | (forgotten ? FORGOTTEN : 0) | (held === true ? HELD : 0);
  const counts = [earlier?.delivered, earlier?.deferred, earlier?.bounced];
  // JSON writes null for what is not known.
  return [flags, removal, firstAt, lastAt, acceptedAt, nrcpt, handedOn, releasedAt, removedAt, ...counts];
}

function minutesOf({ said }: OpenMail): number[] {
  const flat: number[] = [];
  for (const { start, delivered, deferred, bounced } of said.minutes ?? []) {
    flat.push(start / MINUTE_MS, delivered, deferred, bounced);
  }
  return flat;
}

function toldOf({ event, toldUntilMs, changed }: OpenMail): ToldRow | 0 {
  if (event === undefined) return 0;
  const untilMs = Number.isFinite(toldUntilMs) ? toldUntilMs : null;
  if (!changed) return [event.at, event.revision, untilMs, null];
  return [event.at, event.revision, untilMs, "digest" in event ? (event.digest ?? null) : digestOf(event)];
}
