// MailFragment <-> one JSON line. What each field may hold is published in mail-fragment.schema.json.
// Header values stay raw, as they were logged; ids and addresses with control characters were refused by ingest.

import type { DecodeFault } from "./decode-fault.ts";
import { minutesOf, wireMinutes } from "./delivery-minutes-codec.ts";
import type { Expansion, Headers, MailFragment, SeenAddress } from "./mail-fragment.ts";
import { ADDRESSES_MAX, DUPLICATES_MAX, EXPANSIONS_MAX, HEADER_NAMES } from "./mail-fragment.ts";
import type { TextLimits } from "./wire-fields.ts";
import {
  checkText,
  flagOf,
  integerOf,
  requiredInteger,
  requiredText,
  requiredTime,
  textOf,
  timeOf,
  wireTime,
} from "./wire-fields.ts";
import type { WireObject } from "./wire-object.ts";
import { decodeLine, itemsOf, openField, valueOf } from "./wire-object.ts";
import { encodeWireTime } from "./wire-time.ts";

/** Most minutes a fragment lists: a day; a batch of lines that spans more is cut by ingest. */
const FRAGMENT_MINUTES_MAX = 1440;

const NAME: TextLimits = { max: 255 };
const ADDRESS: TextLimits = { max: 320 };
/** "" is a fact here: the null return path, a mail without a message id. */
const SENDER: TextLimits = { max: 320, empty: "keep" };
const MESSAGE_ID: TextLimits = { max: 998, empty: "keep" };
const HEADER_TO: TextLimits = { max: 2000 };
const HEADER_VALUE: TextLimits = { max: 2000, empty: "keep", unprintable: "keep" };
const RECIPIENTS = { min: 0, max: 1_000_000_000 };
const MEMBERS = { min: 1, max: 1_000_000_000 };
const SEEN = { min: 1, max: 1_000_000_000_000 };

/** 0: the mail was forwarded for it. */
const NAMED = { ...SEEN, min: 0 };

/** Writes a MailFragment as one JSON line without the line break; the same fragment gives the same bytes. */
export function encodeMailFragment(fragment: MailFragment): string {
  return JSON.stringify({
    v: 1,
    site: fragment.site,
    host: fragment.host,
    queueId: fragment.queueId,
    firstAt: encodeWireTime(fragment.firstAt),
    lastAt: encodeWireTime(fragment.lastAt),
    acceptedAt: wireTime(fragment.acceptedAt),
    client: fragment.client,
    login: fragment.login,
    sender: fragment.sender,
    nrcpt: fragment.nrcpt,
    messageId: fragment.messageId,
    headers: fragment.headers === undefined ? undefined : wireHeaders(fragment.headers),
    origTo: fragment.origTo?.map((one) => ({ address: one.address, seen: one.seen })),
    expandedTo: fragment.expandedTo,
    handedOn: fragment.handedOn,
    expansions: fragment.expansions?.map((one) => ({ address: one.address, members: one.members })),
    duplicateTo: fragment.duplicateTo,
    headerTo: fragment.headerTo,
    minutes: fragment.minutes === undefined ? undefined : wireMinutes(fragment.minutes),
    held: fragment.held,
    releasedAt: wireTime(fragment.releasedAt),
    removedAt: wireTime(fragment.removedAt),
  });
}

function wireHeaders(headers: Headers): Headers {
  const ordered: Headers = {};
  for (const name of HEADER_NAMES) {
    const value = headers[name];
    if (value !== undefined) ordered[name] = value;
  }
  return ordered;
}

/** Reads one JSON line; anything that is not a whole MailFragment of version 1 is refused with a named reason. */
export function decodeMailFragment(line: string): { readonly ok: true; readonly fragment: MailFragment } | DecodeFault {
  const decoded = decodeLine(line, readFragment);
  return decoded.ok ? { ok: true, fragment: decoded.value } : decoded;
}

function readFragment(object: WireObject): MailFragment {
  return {
    site: requiredText(object, "site", NAME),
    host: requiredText(object, "host", NAME),
    queueId: requiredText(object, "queueId", NAME),
    firstAt: requiredTime(object, "firstAt"),
    lastAt: requiredTime(object, "lastAt"),
    acceptedAt: timeOf(object, "acceptedAt"),
    client: textOf(object, "client", NAME),
    login: textOf(object, "login", ADDRESS),
    sender: textOf(object, "sender", SENDER),
    nrcpt: integerOf(object, "nrcpt", RECIPIENTS),
    messageId: textOf(object, "messageId", MESSAGE_ID),
    headers: headersOf(object),
    origTo: itemsOf(object, "origTo", { max: ADDRESSES_MAX, readItem: (value, key) => readSeen(object, key, value) }),
    expandedTo: addressesOf(object, "expandedTo", ADDRESSES_MAX),
    handedOn: integerOf(object, "handedOn", SEEN),
    expansions: itemsOf(object, "expansions", {
      max: EXPANSIONS_MAX,
      readItem: (value, key) => readExpansion(object, key, value),
    }),
    duplicateTo: addressesOf(object, "duplicateTo", DUPLICATES_MAX),
    headerTo: textOf(object, "headerTo", HEADER_TO),
    minutes: minutesOf(object, "minutes", FRAGMENT_MINUTES_MAX),
    held: flagOf(object, "held"),
    releasedAt: timeOf(object, "releasedAt"),
    removedAt: timeOf(object, "removedAt"),
  };
}

function addressesOf(object: WireObject, key: string, max: number): string[] | undefined {
  return itemsOf(object, key, { max, readItem: (value, path) => checkText(object, path, { value, limits: ADDRESS }) });
}

function readExpansion(parent: WireObject, key: string, value: unknown): Expansion | undefined {
  const object = openField(parent, key, { value });
  if (object === undefined) return undefined;
  return {
    address: requiredText(object, "address", ADDRESS).toLowerCase(),
    members: requiredInteger(object, "members", MEMBERS),
  };
}

function readSeen(parent: WireObject, key: string, value: unknown): SeenAddress | undefined {
  const object = openField(parent, key, { value });
  if (object === undefined) return undefined;
  return { address: requiredText(object, "address", ADDRESS), seen: requiredInteger(object, "seen", NAMED) };
}

function headersOf(parent: WireObject): Headers | undefined {
  const value = valueOf(parent, "headers");
  if (value === undefined) return undefined;
  const object = openField(parent, "headers", { value });
  if (object === undefined) return undefined;
  const headers: Headers = {};
  for (const name of HEADER_NAMES) {
    const text = textOf(object, name, HEADER_VALUE);
    if (text !== undefined) headers[name] = text;
  }
  return headers;
}
