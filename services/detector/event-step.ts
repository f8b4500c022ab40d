// one MailEvent -> its message in the table, the site's window, and on to the fan-out step once the message reached many.
// The path of a small mail: one look-up, one entry, two additions.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { keyHash } from "../../shared/domain/packed/key-hash.ts";
import { boundedEvent } from "./bounded-event.ts";
import { countMinutes, createCountedMinutes } from "./delivery-ledger.ts";
import { stepFanOut } from "./fan-out-step.ts";
import { deliveriesAt, moveDeliveries } from "./hop-deliveries.ts";
import { addToMessage } from "./large-messages.ts";
import type { MailMessage } from "./mail-message.ts";
import { type MessageGroup, messageOf } from "./message-group.ts";
import { messageKeyOf } from "./message-key.ts";
import { createGroup, enterGroup, findGroup, keepFanOut, keepSmall, noteQueueId, unfold } from "./message-table.ts";
import { takePacked } from "./packed-step.ts";
import { noteHandOver, noteSender } from "./sender-notes.ts";
import type { SiteState } from "./site-state.ts";
import { reviseSmallMail, type SmallMail, type SmallMailCounts } from "./small-mail.ts";
import { rise } from "./storm-tide.ts";
import { siteRow } from "./thread-windows.ts";
import { noteChange } from "./tracked.ts";

export function stepEvent(site: SiteState, given: MailEvent): void {
  const event = boundedEvent(site, given);
  const oldest = site.watermark - site.settings.expiredAfterMs;
  if (event.at < oldest && lastWordAt(event) < oldest) {
    site.counters.eventsExpired += 1;
    return;
  }
  noteSender(site, event);
  const key = messageKeyOf(event);
  const group = findGroup(site.messages, key);
  if (group !== undefined) {
    stepGroup(site, group, event);
    return;
  }
  const hash = keyHash(key);
  const small = takeSmall(site, key, hash);
  if (small === undefined) {
    site.totals.messages += 1;
    if (mayReachMany(site, event)) stepGroup(site, newGroup(site, key), event);
    else enterSmall(site, event, key, hash);
  } else if (small.eventId === event.eventId && !mayReachMany(site, event)) {
    reviseSmall(site, small, event);
    keepSmall(site.messages, { event: small, key, hash, counts: small }, site);
  } else stepGroup(site, unfold(site.messages, { event: small, key, counts: small }, site.settings), event);
}

function takeSmall(site: SiteState, key: string, hash: number): SmallMail | undefined {
  const small = site.messages.small.take(key, hash) ?? takePacked(site, key, hash);
  if (small !== undefined) site.messages.news?.gone(key);
  return small;
}

/** Event time of the last thing the event tells. */
function lastWordAt(event: MailEvent): number {
  return Math.max(event.at, event.removedAt ?? event.at, (event.minutes.at(-1)?.start ?? event.at) + MINUTE_MS);
}

function mayReachMany(site: SiteState, event: MailEvent): boolean {
  if (event.recipients >= site.settings.replyAllReach) return true;
  return event.lists.length > 0 && configuredAudience(site, event.lists) >= site.settings.replyAllReach;
}

function enterSmall(site: SiteState, event: MailEvent, key: string, hash: number): void {
  noteHandOver(site, event, true);
  const row = siteRow(site.windows, site.site, event.at, site.settings);
  if (row !== undefined) {
    row.messages += 1;
    row.recipients += event.recipients;
    if (event.automatic !== undefined) row.automatic += 1;
  }
  const counts: SmallMailCounts = { lastAt: event.at, start: 0, delivered: 0, more: undefined, earlier: 0 };
  countMinutes(counts, event, site.addDeliveries);
  keepSmall(site.messages, { event, key, hash, counts }, site);
}

function reviseSmall(site: SiteState, small: SmallMail, event: MailEvent): void {
  if (event.revision <= small.revision) {
    site.counters.eventsRepeated += 1;
    return;
  }
  const growth = event.recipients - small.recipients;
  small.lastAt = Math.max(small.lastAt, lastWordAt(event));
  reviseSmallMail(small, event);
  countMinutes(small, event, site.addDeliveries);
  if (growth === 0) return;
  const row = siteRow(site.windows, site.site, small.at, site.settings);
  if (row !== undefined) row.recipients += growth;
}

function newGroup(site: SiteState, key: string): MessageGroup {
  const group = createGroup(site.messages, key);
  enterGroup(site.messages, group, site);
  return group;
}

function stepGroup(site: SiteState, group: MessageGroup, event: MailEvent): void {
  const { settings, counters } = site;
  noteChange(group);
  group.lastAt = Math.max(group.lastAt, lastWordAt(event));
  const isFirst = group.variants.length === 0;
  const found = messageOf(group, event, settings.bounds.variantsPerMessageIdMax);
  if (found === undefined) {
    counters.variantsDropped += 1;
    return;
  }
  const { message } = found;
  const { reach: reachBefore, leading: ledBefore } = message;
  const outcome = addToMessage(site.messages, { group, message }, event, site);
  if (outcome.kind === "repeated") counters.eventsRepeated += 1;
  if (outcome.kind === "repeated" || outcome.kind === "hop-dropped") return;
  if (outcome.kind === "new") noteQueueId(site.messages, group, message, site);
  if (outcome.kind !== "revised") noteHandOver(site, event, found.isNew);
  if (found.isNew && !isFirst) site.totals.messages += 1;
  countInSite(site, message, { isNew: found.isNew, growth: message.reach - reachBefore });
  if (ledBefore !== message.leading) moveDeliveries(site, message, ledBefore);
  const counted = "slot" in outcome ? outcome.slot : createCountedMinutes();
  countMinutes(counted, event, deliveriesAt(site, message, outcome.hop));
  const reach = Math.max(message.reach, configuredAudience(site, message.lists));
  if (message.fanOut === undefined && reach < settings.replyAllReach) return;
  stepFanOut(site, message, event, reach);
  if (message.fanOut === undefined) return;
  keepFanOut(site.messages, group, site);
  // A first word may tell of minutes that lie ahead of the mails still to come; a later word comes when it is true.
  rise(site, message.fanOut, outcome.kind === "revised" ? lastMinuteOf(event) : event.at);
}

function lastMinuteOf(event: MailEvent): number {
  return Math.max(event.at, event.minutes.at(-1)?.start ?? event.at);
}

function countInSite(
  site: SiteState,
  message: MailMessage,
  change: { readonly isNew: boolean; readonly growth: number },
): void {
  const row = siteRow(site.windows, site.site, message.countedAt, site.settings);
  if (row === undefined) return;
  row.recipients += change.growth;
  if (!change.isNew) return;
  row.messages += 1;
  if (message.automatic !== undefined) row.automatic += 1;
}

/** Largest audience configured for lists whose expansion cannot be seen; 0 where none is. */
function configuredAudience(site: SiteState, lists: readonly { readonly address: string }[]): number {
  if (!site.audiencesConfigured) return 0;
  let audience = 0;
  for (const { address } of lists) audience = Math.max(audience, site.rulesOf(address).audience ?? 0);
  return audience;
}
