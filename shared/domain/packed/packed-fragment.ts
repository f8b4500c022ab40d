// packed mail -> MailFragment, an object of its own.

import { MINUTE_MS } from "../delivery-minutes.ts";
import { nameOfBytes } from "../log-text.ts";
import type { HeaderName, Headers, MailFragment } from "../mail-fragment.ts";
import { HEADER_NAMES } from "../mail-fragment.ts";
import {
  ACCEPTED_AT,
  BOUNCED,
  CLIENT,
  DEFERRED,
  DELIVERED,
  FIRST_AT,
  HEADER_TO,
  HEADERS,
  HOST,
  LAST_AT,
  LOGIN,
  MESSAGE_ID,
  MINUTE,
  NRCPT,
  QUEUE_ID,
  REMOVED_AT,
  SENDER,
} from "./layout.ts";
import type { PackedMails } from "./packed-mails.ts";

/** What is known of a mail. `hosts`: names by number. */
export function fragmentOf(
  mails: PackedMails,
  mail: number,
  { site, hostNames }: { readonly site: string; readonly hostNames: readonly string[] },
): MailFragment {
  const timeAt = (field: number): number | undefined => {
    const ms = mails.time(mail, field);
    return Number.isNaN(ms) ? undefined : ms;
  };
  const nameAt = (text: number): string | undefined => {
    const said = mails.textAt(mail, text);
    return said === undefined ? undefined : nameOfBytes(said);
  };
  const nrcpt = mails.number(mail, NRCPT);
  return {
    site,
    host: hostNames[mails.number(mail, HOST)] ?? "",
    queueId: mails.textAt(mail, QUEUE_ID) ?? "",
    firstAt: mails.time(mail, FIRST_AT),
    lastAt: mails.time(mail, LAST_AT),
    acceptedAt: timeAt(ACCEPTED_AT),
    client: nameAt(CLIENT),
    login: nameAt(LOGIN),
    sender: nameAt(SENDER),
    nrcpt: nrcpt === 0 ? undefined : nrcpt,
    messageId: nameAt(MESSAGE_ID),
    headers: headersOf(mails, mail),
    origTo: undefined,
    expandedTo: undefined,
    handedOn: undefined,
    expansions: undefined,
    duplicateTo: undefined,
    headerTo: nameAt(HEADER_TO),
    minutes: minutesOf(mails, mail),
    held: undefined,
    releasedAt: undefined,
    removedAt: timeAt(REMOVED_AT),
  };
}

/** Header values as logged; undefined when the log has no header lines of the mail. */
export function headersOf(mails: PackedMails, mail: number): Headers | undefined {
  if (!mails.hasHeaders(mail)) return undefined;
  const headers: Partial<Record<HeaderName, string>> = {};
  let start = mails.startOf(mail, HEADERS) + 2;
  HEADER_NAMES.forEach((name, header) => {
    if (!mails.hasHeader(mail, header)) return;
    const end = start + mails.headerLength(start);
    headers[name] = mails.bytes.toString("latin1", start, end);
    start = end + 2;
  });
  return headers;
}

/** Where in `mails.bytes` a header value stands, which the mail must have. */
export function headerStart(mails: PackedMails, mail: number, header: number): number {
  let start = mails.startOf(mail, HEADERS) + 2;
  for (let before = 0; before < header; before += 1) {
    if (mails.hasHeader(mail, before)) start += mails.headerLength(start) + 2;
  }
  return start;
}

function minutesOf(mails: PackedMails, mail: number): MailFragment["minutes"] {
  if (mails.attempts(mail) === 0) return undefined;
  return [
    {
      start: mails.number(mail, MINUTE) * MINUTE_MS,
      delivered: mails.number(mail, DELIVERED),
      deferred: mails.number(mail, DEFERRED),
      bounced: mails.number(mail, BOUNCED),
    },
  ];
}
