// rows of mail-row.ts -> what they say of a mail, and the OpenMail that it makes.

import type { Reading } from "../../../shared/domain/decode-fault.ts";
import { MINUTE_MS } from "../../../shared/domain/delivery-minutes.ts";
import { mailEventId } from "../../../shared/domain/mail-event-id.ts";
import {
  type Expansion,
  HEADER_NAMES,
  type Headers,
  type MailFragment,
  type SeenAddress,
} from "../../../shared/domain/mail-fragment.ts";
import { checkText, requiredInteger, requiredText, textOf } from "../../../shared/domain/wire-fields.ts";
import { itemsOf, openField, refuse, valueOf, type WireObject } from "../../../shared/domain/wire-object.ts";
import { openMail, type OpenMail } from "../open-mail.ts";
import { CHANGED, FORGOTTEN, HELD, NUMBERS, type ToldRow } from "./mail-row.ts";

type Numbers = Readonly<Record<(typeof NUMBERS)[number], number | undefined>>;
type Texts = Pick<
  MailFragment,
  | "host"
  | "queueId"
  | "client"
  | "login"
  | "sender"
  | "messageId"
  | "headers"
  | "origTo"
  | "expandedTo"
  | "expansions"
  | "duplicateTo"
  | "headerTo"
>;

export interface RowNumbers {
  readonly numbers: Numbers;
  readonly minutes: readonly number[];
  readonly told: ToldRow | undefined;
}

export type MailRow =
  | ({ readonly kind: "m"; readonly id: number; readonly previous: number; readonly texts: Texts } & RowNumbers)
  | ({ readonly kind: "n"; readonly id: number } & RowNumbers)
  | { readonly kind: "f"; readonly id: number }
  | {
      readonly kind: "p";
      readonly id: number;
      readonly part: number;
      readonly parts: number;
      readonly piece: string;
    };

/** What was logged is kept as it was. */
const ANY = { max: Number.MAX_SAFE_INTEGER, empty: "keep", unprintable: "keep" } as const;
const COUNTS = { min: 0, max: Number.MAX_SAFE_INTEGER };
const MINUTE_INTEGERS = 4;
const TOLD_ITEMS = 4;

/** Reads one line; undefined, with the fault noted, when it is no row. */
export function readRow(line: string, reading: Reading): MailRow | undefined {
  const row = parsed(line);
  const fault = (): undefined => {
    reading.fault ??= { ok: false, reason: row === undefined ? "not-json" : "wrong-type", detail: line.slice(0, 64) };
  };
  if (row === undefined) return fault();
  const [kind, id, ...rest] = row;
  if (!isCount(id)) return fault();
  if (kind === "f") return { kind, id };
  if (kind === "p") {
    const [part, parts, piece] = rest;
    return isCount(part) && isCount(parts) && typeof piece === "string" ? { kind, id, part, parts, piece } : fault();
  }
  if (kind !== "m" && kind !== "n") return fault();
  const [numbers, minutes, told, previous, texts] = rest;
  if (!isNumbers(numbers) || !isMinutes(minutes) || !(told === 0 || isTold(told))) return fault();
  const counted = { numbers: namedNumbers(numbers), minutes, told: told === 0 ? undefined : told };
  if (kind === "n") return { kind, id, ...counted };
  const object = openField({ reading, path: "", fields: {} }, "texts", { value: texts });
  if (object === undefined || !isCount(previous)) return fault();
  return { kind, id, ...counted, previous, texts: textsOf(object) };
}

/** The mail that the rows make, without its link to the life before. */
export function mailOfRow(row: MailRow & { readonly kind: "m" }, site: string): OpenMail {
  const { texts, numbers, told } = row;
  const { flags = 0, removal = 0, firstAt = 0, lastAt = 0, acceptedAt, nrcpt, handedOn } = numbers;
  const { releasedAt, removedAt, delivered = 0, deferred = 0, bounced = 0 } = numbers;
  const held = (flags & HELD) === 0 ? undefined : true;
  const minutes = minutesOf(row.minutes);
  const times = { firstAt, lastAt, acceptedAt, releasedAt, removedAt };
  const mail = openMail({ site, ...texts, ...times, nrcpt, handedOn, minutes, held });
  mail.id = row.id;
  mail.removal = removal;
  if (numbers.delivered !== undefined) mail.earlier = { delivered, deferred, bounced };
  mail.attempts += delivered + deferred + bounced;
  mail.forgotten = (flags & FORGOTTEN) !== 0;
  mail.changed = (flags & CHANGED) !== 0;
  if (told === undefined) return mail;
  const [at, revision, untilMs, digest] = told;
  mail.toldUntilMs = untilMs ?? Number.POSITIVE_INFINITY;
  const messageId = texts.messageId === "" ? undefined : texts.messageId;
  const eventId = mailEventId({ site, host: texts.host, queueId: texts.queueId, messageId, at });
  mail.event = { eventId, at, revision, digest: digest ?? undefined };
  return mail;
}

function parsed(line: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || Number.isSafeInteger(value);
}

function isNumbers(value: unknown): value is readonly (number | null)[] {
  if (!Array.isArray(value) || value.length !== NUMBERS.length || !value.every(isNumberOrNull)) return false;
  return value.slice(0, NUMBERS.indexOf("acceptedAt")).every((number) => number !== null);
}

function isMinutes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length % MINUTE_INTEGERS === 0 && value.every(Number.isSafeInteger);
}

function isTold(value: unknown): value is ToldRow {
  if (!Array.isArray(value) || value.length !== TOLD_ITEMS || !value.every(isNumberOrNull)) return false;
  return value[0] !== null && value[1] !== null;
}

function namedNumbers(numbers: readonly (number | null)[]): Numbers {
  const at = (place: number): number | undefined => numbers[place] ?? undefined;
  return {
    flags: at(0),
    removal: at(1),
    firstAt: at(2),
    lastAt: at(3),
    acceptedAt: at(4),
    nrcpt: at(5),
    handedOn: at(6),
    releasedAt: at(7),
    removedAt: at(8),
    delivered: at(9),
    deferred: at(10),
    bounced: at(11),
  };
}

function minutesOf(flat: readonly number[]): MailFragment["minutes"] {
  if (flat.length === 0) return undefined;
  return Array.from({ length: flat.length / MINUTE_INTEGERS }, (_, minute) => {
    const [start = 0, delivered = 0, deferred = 0, bounced = 0] = flat.slice(minute * MINUTE_INTEGERS);
    return { start: start * MINUTE_MS, delivered, deferred, bounced };
  });
}

function textsOf(object: WireObject): Texts {
  return {
    host: requiredText(object, "host", ANY),
    queueId: requiredText(object, "queueId", ANY),
    client: textOf(object, "client", ANY),
    login: textOf(object, "login", ANY),
    sender: textOf(object, "sender", ANY),
    messageId: textOf(object, "messageId", ANY),
    headers: headersOf(object),
    origTo: seenOf(object),
    expandedTo: addressesOf(object, "expandedTo"),
    expansions: expansionsOf(object),
    duplicateTo: addressesOf(object, "duplicateTo"),
    headerTo: textOf(object, "headerTo", ANY),
  };
}

function headersOf(parent: WireObject): Headers | undefined {
  const value = valueOf(parent, "headers");
  const object = value === undefined ? undefined : openField(parent, "headers", { value });
  if (object === undefined) return undefined;
  const headers: Headers = {};
  for (const name of HEADER_NAMES) {
    const text = textOf(object, name, ANY);
    if (text !== undefined) headers[name] = text;
  }
  return headers;
}

function addressesOf(object: WireObject, field: string): string[] | undefined {
  const readItem = (value: unknown, key: string): string | undefined => checkText(object, key, { value, limits: ANY });
  return itemsOf(object, field, { max: ANY.max, readItem });
}

function seenOf(parent: WireObject): SeenAddress[] | undefined {
  const readItem = (value: unknown, key: string): SeenAddress | undefined => {
    const object = openField(parent, key, { value });
    if (object === undefined) return undefined;
    return { address: requiredText(object, "address", ANY), seen: requiredInteger(object, "seen", COUNTS) };
  };
  return itemsOf(parent, "origTo", { max: ANY.max, readItem });
}

function expansionsOf(parent: WireObject): Expansion[] | undefined {
  const readItem = (value: unknown, key: string): Expansion | undefined => {
    const object = openField(parent, key, { value });
    if (object === undefined) return undefined;
    return { address: requiredText(object, "address", ANY), members: requiredInteger(object, "members", COUNTS) };
  };
  const found = itemsOf(parent, "expansions", { max: ANY.max, readItem });
  if (found?.length === 0) refuse(parent, "out-of-range", "expansions");
  return found;
}
