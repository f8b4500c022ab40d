// a small mail that came packed -> the sums of its minute, and its place among the small mails. The path of nearly every mail: no object
// and no string is made, unless somebody writes as nobody did before.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { MailEvent, MailOrigin } from "../../shared/domain/mail-event.ts";
import { HEADER_NAMES } from "../../shared/domain/mail-fragment.ts";
import { hashClient, hashWriter, namesLogin } from "../../shared/domain/packed/compare.ts";
import {
  ACCEPTED_AT,
  AUTOMATIC,
  DELIVERED,
  KEY_HASH,
  LOGIN,
  MESSAGE_ID,
  MINUTE,
  NRCPT,
  REMOVED_AT,
  STATE,
} from "../../shared/domain/packed/layout.ts";
import type { PackedMails } from "../../shared/domain/packed/packed-mails.ts";
import { boundedEvent } from "./bounded-event.ts";
import { countMail, isStranger } from "./clients.ts";
import { makeRoom } from "./message-table.ts";
import { noteHandOver, noteSender } from "./sender-notes.ts";
import type { SiteState } from "./site-state.ts";
import type { SmallMail } from "./small-mail.ts";
import { siteRow } from "./thread-windows.ts";

/** What packed mails are in words. */
export interface PackedReader {
  readonly event: (mails: PackedMails, mail: number) => MailEvent;
  /** What the event says of who is behind the mail; not for mails of lists (List-Id). */
  readonly origin: (mails: PackedMails, mail: number) => MailOrigin;
}

const FROM = HEADER_NAMES.indexOf("from");
const LIST_ID = HEADER_NAMES.indexOf("list-id");

/** Takes a mail in; false when it is wanted as an event: it may reach many, or there is more to be known of its message. */
export function stepPacked(site: SiteState, mails: PackedMails, mail: number): boolean {
  const { messages, settings, packed } = site;
  const recipients = mails.number(mail, NRCPT);
  const at = mails.time(mail, ACCEPTED_AT);
  if (packed === undefined || recipients >= settings.replyAllReach) return false;
  if (at < site.watermark - settings.expiredAfterMs) return false;
  if (mails.hasHeaders(mail) && (site.audiencesConfigured || mails.hasHeader(mail, LIST_ID))) return false;
  const hash = mails.number(mail, KEY_HASH);
  if (messages.groupHashes.has(hash) || messages.small.mayHold(hash) || !messages.packed.put(mails, mail)) return false;
  noteNews(site, mails, mail);
  site.counters.events += 1;
  site.totals.messages += 1;
  noteOrigin(site, mails, mail);
  const row = siteRow(site.windows, site.site, at, settings);
  if (row !== undefined) {
    row.messages += 1;
    row.recipients += recipients;
    if ((mails.number(mail, STATE) & AUTOMATIC) !== 0) row.automatic += 1;
  }
  const delivered = deliveredOf(mails, mail);
  if (delivered > 0) site.addDeliveries(mails.number(mail, MINUTE) * MINUTE_MS, delivered);
  makeRoom(messages, site);
  return true;
}

/** The queue file of a mail is gone; false when the mail is not kept packed. */
export function stepPackedRemoved(site: SiteState, mails: PackedMails, mail: number): boolean {
  if (!site.messages.packed.noteRemoved(mails, mail)) return false;
  noteNews(site, mails, mail);
  site.counters.events += 1;
  return true;
}

/** The packed mail under a key, as what small mails are otherwise kept as; it is taken out. */
export function takePacked(site: SiteState, key: string, hash: number): SmallMail | undefined {
  const { packed } = site;
  if (packed === undefined) return undefined;
  return site.messages.packed.take(key, hash, (mails, mail) => smallMailOf(site, packed, mails, mail));
}

/** What is kept of a small mail otherwise. */
function smallMailOf(site: SiteState, packed: PackedReader, mails: PackedMails, mail: number): SmallMail {
  const { minutes: _minutes, earlier: _earlier, ...event } = boundedEvent(site, packed.event(mails, mail));
  const delivered = deliveredOf(mails, mail);
  const removedAt = mails.time(mail, REMOVED_AT);
  const messageId = mails.textAt(mail, MESSAGE_ID);
  return {
    ...event,
    key: messageId ?? event.eventId,
    messageId,
    login: event.login,
    from: event.from,
    sender: event.sender,
    senderDomain: event.senderDomain,
    subject: event.subject,
    automatic: event.automatic,
    removedAt: event.removedAt,
    lastAt: removedAt > event.at ? removedAt : event.at,
    start: delivered > 0 ? mails.number(mail, MINUTE) * MINUTE_MS : 0,
    delivered,
    more: undefined,
    earlier: 0,
  };
}

/** A packed mail is told as what is kept of others: numbers of hosts mean nothing to another process. */
function noteNews(site: SiteState, mails: PackedMails, mail: number): void {
  const { news } = site.messages;
  if (news === undefined || site.packed === undefined) return;
  const small = smallMailOf(site, site.packed, mails, mail);
  news.kept({ event: small, key: small.key, hash: mails.number(mail, KEY_HASH), counts: small });
}

/** Never more than the recipients: a log read twice says everything twice. */
function deliveredOf(mails: PackedMails, mail: number): number {
  return Math.min(mails.number(mail, DELIVERED), mails.number(mail, NRCPT));
}

/** Who handed it over and who wrote it: the first time in words, after that it is only counted. */
function noteOrigin(site: SiteState, mails: PackedMails, mail: number): void {
  const { handOvers, writers, settings } = site;
  forgetEvicted(site);
  const authenticated = mails.number(mail, LOGIN) >= 0;
  hashClient(mails, mail, handOvers.key);
  const client = handOvers.find();
  if (client === undefined) {
    noteAnew(site, mails, mail);
    return;
  }
  const mayDiffer = authenticated && mails.hasHeader(mail, FROM) && !namesLogin(mails, mail);
  if (mayDiffer || isStranger(client, { authenticated })) {
    hashWriter(mails, mail, writers.key);
    if (writers.find() === undefined) {
      noteAnew(site, mails, mail);
      return;
    }
  }
  countMail(site.clients, client, { at: mails.time(mail, ACCEPTED_AT), authenticated }, settings);
}

function noteAnew(site: SiteState, mails: PackedMails, mail: number): void {
  const { handOvers, writers } = site;
  const origin = site.packed?.origin(mails, mail);
  if (origin === undefined) return;
  noteSender(site, origin);
  const client = noteHandOver(site, origin, true);
  forgetEvicted(site);
  hashClient(mails, mail, handOvers.key);
  handOvers.enter(client);
  hashWriter(mails, mail, writers.key);
  writers.enter(true);
}

/** What was forgotten where it is kept for good must be noted again when it comes again. */
function forgetEvicted(site: SiteState): void {
  const { clientsEvicted, loginsEvicted } = site.counters;
  const evicted = clientsEvicted + loginsEvicted;
  if (evicted === site.evictionsSeen) return;
  site.evictionsSeen = evicted;
  site.handOvers.forget();
  site.writers.forget();
}
