// records of a slab -> MailFragments, objects of their own: what the slab says later does not show in them.

import { minuteStart } from "../delivery-minutes.ts";
import { nameOfBytes } from "../log-text.ts";
import type { HeaderName, Headers, MailFragment } from "../mail-fragment.ts";
import { HEADER_NAMES } from "../mail-fragment.ts";
import {
  ACCEPTED_AT,
  ADDRESSED,
  BOUNCED,
  CLIENT,
  DEFERRED,
  DELIVERED,
  FIRST_AT,
  type FragmentSlab,
  HANDED_ON,
  HEADER_TO,
  HOST,
  LAST_AT,
  LOGIN,
  MESSAGE_ID,
  NRCPT,
  QUEUE_ID,
  REMOVED_AT,
  SENDER,
} from "./fragment-slab.ts";
import { isHeld, releasedAt } from "./slab-hold.ts";

/** Where a record came from. `hostNames`: by number. */
export interface Origin {
  readonly site: string;
  readonly hostNames: readonly string[];
}

export function fragmentAt(slab: FragmentSlab, record: number, { site, hostNames }: Origin): MailFragment {
  const timeAt = (field: number): number | undefined => {
    const ms = slab.timeAt(record, field);
    return Number.isNaN(ms) ? undefined : ms;
  };
  const textAt = (text: number): string | undefined => {
    const length = slab.number(record, text + 1);
    const start = slab.number(record, text);
    return length < 0 ? undefined : slab.bytes.toString("latin1", start, start + length);
  };
  const nameAt = (text: number): string | undefined => {
    const said = textAt(text);
    return said === undefined ? undefined : nameOfBytes(said);
  };
  const nrcpt = slab.number(record, NRCPT);
  const addresses = slab.addressed[slab.number(record, ADDRESSED) - 1];
  return {
    site,
    host: hostNames[slab.number(record, HOST)] ?? "",
    queueId: textAt(QUEUE_ID) ?? "",
    firstAt: slab.timeAt(record, FIRST_AT),
    lastAt: slab.timeAt(record, LAST_AT),
    acceptedAt: timeAt(ACCEPTED_AT),
    client: nameAt(CLIENT),
    login: nameAt(LOGIN),
    sender: nameAt(SENDER),
    nrcpt: nrcpt === 0 ? undefined : nrcpt,
    messageId: nameAt(MESSAGE_ID),
    headers: headersOf(slab, record),
    origTo: addresses?.origTo,
    expandedTo: addresses?.expandedTo,
    handedOn: slab.number(record, HANDED_ON) === 0 ? undefined : slab.number(record, HANDED_ON),
    expansions: addresses?.expansions,
    duplicateTo: addresses?.duplicateTo,
    headerTo: nameAt(HEADER_TO),
    minutes: minutesOf(slab, record),
    held: isHeld(slab, record) ? true : undefined,
    releasedAt: releasedAt(slab, record),
    removedAt: timeAt(REMOVED_AT),
  };
}

function minutesOf(slab: FragmentSlab, record: number): MailFragment["minutes"] {
  const delivered = slab.number(record, DELIVERED);
  const deferred = slab.number(record, DEFERRED);
  const bounced = slab.number(record, BOUNCED);
  if (delivered + deferred + bounced === 0) return undefined;
  return [{ start: minuteStart(slab.startMs), delivered, deferred, bounced }];
}

function headersOf(slab: FragmentSlab, record: number): Headers | undefined {
  if (!slab.hasHeaders(record)) return undefined;
  const headers: Partial<Record<HeaderName, string>> = {};
  HEADER_NAMES.forEach((name, header) => {
    const length = slab.headerLength(record, header);
    const start = slab.headerStart(record, header);
    if (length >= 0) headers[name] = slab.bytes.toString("latin1", start, start + length);
  });
  return headers;
}
