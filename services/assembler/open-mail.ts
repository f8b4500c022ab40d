// OpenMail: all that is known of one life of one queue id. MailFragments merge into it, in any order, to the same result.

import type { DeliveryMinute, DeliveryTotals } from "../../shared/domain/delivery-minutes.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { MINUTES_MAX } from "../../shared/domain/mail-event.ts";
import type { Headers, MailFragment } from "../../shared/domain/mail-fragment.ts";
import { DUPLICATES_MAX, HEADER_NAMES } from "../../shared/domain/mail-fragment.ts";
import type { AssemblerSettings } from "./assembler-settings.ts";
import { addAddress, addExpansion, countAddress, lesser } from "../../shared/domain/merge-fields.ts";
import { recipientsOf } from "./recipients.ts";
import type { KeptMail } from "./state/mail-journal.ts";

/** See AssemblerSettings. */
type ReleaseSettings = Pick<AssemblerSettings, "unacceptedAgeMs" | "triesMin" | "triedAgeMs">;

/** What is known of the last word on a mail that another process told. */
export interface ToldBefore {
  readonly eventId: string;
  readonly revision: number;
  readonly at: number;
  /** By this it is seen whether a later word says the same; undefined: it said what the mail says now. */
  readonly digest: number | undefined;
}

export interface OpenMail {
  /** Number in the order in which mails came into the table; 0: never in it. */
  id: number;
  /** The same in the order in which they were removed from their queues; 0: not yet. */
  removal: number;
  /** All fragments in one: the first is taken over, the others are merged into it. */
  readonly said: MailFragment;
  /** Delivery lines in all. */
  attempts: number;
  /** The list of minutes has been handed out with an event: it is copied before it changes. */
  minutesShared: boolean;
  /** Minutes beyond those that `said` lists. */
  earlier: DeliveryTotals | undefined;
  /** What was last said of it. */
  event: MailEvent | ToldBefore | undefined;
  /** Deliveries of minutes that began before this have been told, ms. */
  toldUntilMs: number;
  /** Something came since. */
  changed: boolean;
  /** Has a place in the assembler's queue. */
  waiting: boolean;
  /** No longer in the table. */
  forgotten: boolean;
  /** An earlier life of the same queue id, kept as long as lines of it may come. */
  previous: OpenMail | undefined;
  /** What the state has of it, while one is kept. */
  kept: KeptMail | undefined;
}

function attemptsIn(fragment: MailFragment): number {
  let attempts = 0;
  if (fragment.minutes !== undefined) {
    for (const { delivered, deferred, bounced } of fragment.minutes) attempts += delivered + deferred + bounced;
  }
  return attempts;
}

/** A mail of which nothing is known but its first fragment, which it takes over. */
export function openMail(fragment: MailFragment): OpenMail {
  return {
    id: 0,
    removal: 0,
    said: fragment,
    attempts: attemptsIn(fragment),
    minutesShared: false,
    earlier: undefined,
    event: undefined,
    toldUntilMs: Number.NEGATIVE_INFINITY,
    changed: true,
    waiting: false,
    forgotten: false,
    previous: undefined,
    kept: undefined,
  };
}

/** When the mail was taken in; one that was on hold fans out when it is released. */
export function takenInAt({ said }: OpenMail): number | undefined {
  return said.releasedAt ?? said.acceptedAt;
}

/** Message id and recipient count are known: the mail has been accepted. One on hold is not: nothing of it goes out yet. */
export function isComplete(mail: OpenMail): boolean {
  const { said } = mail;
  if (said.nrcpt === undefined || said.messageId === undefined || said.acceptedAt === undefined) return false;
  return said.held !== true || said.releasedAt !== undefined || mail.attempts > 0 || said.expansions !== undefined;
}

/** Was every recipient tried, or enough of them to know the mail by? `ageMs`: since it was accepted. */
export function isDue(mail: OpenMail, ageMs: number, settings: ReleaseSettings): boolean {
  if (!isComplete(mail)) return mail.said.held === true || ageMs >= settings.unacceptedAgeMs;
  if (mail.said.removedAt !== undefined) return true;
  return isTried(mail.attempts, recipientsOf(mail.said), ageMs, settings);
}

/** The same of the counts of a complete mail that is still queued. */
export function isTried(attempts: number, recipients: number, ageMs: number, settings: ReleaseSettings): boolean {
  return attempts >= recipients || (attempts >= settings.triesMin && ageMs >= settings.triedAgeMs);
}

/** Has every recipient of a complete mail got it or lost it? Then nothing more is to come, though no line may ever say so. */
export function isSettled({ said, earlier }: OpenMail): boolean {
  let settled = (earlier?.delivered ?? 0) + (earlier?.bounced ?? 0);
  for (const { delivered, bounced } of said.minutes ?? []) settled += delivered + bounced;
  return settled >= recipientsOf(said);
}

function mergeMinute(minutes: DeliveryMinute[], added: DeliveryMinute): void {
  let at = minutes.length;
  while (at > 0 && (minutes[at - 1]?.start ?? 0) > added.start) at -= 1;
  const known = minutes[at - 1];
  if (known !== undefined && known.start === added.start) {
    known.delivered += added.delivered;
    known.deferred += added.deferred;
    known.bounced += added.bounced;
  } else {
    minutes.splice(at, 0, added);
  }
}

/** Sums the oldest minutes in `earlier` while more than the bound are listed. */
function foldMinutes(mail: OpenMail, minutes: DeliveryMinute[]): void {
  while (minutes.length > MINUTES_MAX) {
    const oldest = minutes.shift();
    if (oldest === undefined) return;
    mail.earlier = {
      delivered: (mail.earlier?.delivered ?? 0) + oldest.delivered,
      deferred: (mail.earlier?.deferred ?? 0) + oldest.deferred,
      bounced: (mail.earlier?.bounced ?? 0) + oldest.bounced,
    };
  }
}

function mergeDeliveries(mail: OpenMail, fragment: MailFragment): void {
  const { said } = mail;
  if (fragment.minutes !== undefined) {
    mail.attempts += attemptsIn(fragment);
    if (mail.minutesShared) said.minutes = said.minutes?.map((minute) => ({ ...minute }));
    mail.minutesShared = false;
    said.minutes ??= [];
    for (const minute of fragment.minutes) mergeMinute(said.minutes, minute);
    foldMinutes(mail, said.minutes);
  }
  for (const { address, seen } of fragment.origTo ?? []) countAddress((said.origTo ??= []), address, seen);
  if (fragment.handedOn !== undefined) said.handedOn = (said.handedOn ?? 0) + fragment.handedOn;
  for (const address of fragment.expandedTo ?? []) addAddress((said.expandedTo ??= []), address);
  for (const { address, members } of fragment.expansions ?? []) {
    addExpansion((said.expansions ??= []), address, members);
  }
  for (const address of fragment.duplicateTo ?? []) addAddress((said.duplicateTo ??= []), address, DUPLICATES_MAX);
}

function mergeHeaders(said: MailFragment, headers: Headers): void {
  if (said.headers === undefined) {
    said.headers = headers;
    return;
  }
  for (const name of HEADER_NAMES) {
    const value = headers[name];
    if (value !== undefined) said.headers[name] = lesser(said.headers[name], value);
  }
}

/** Adds what a fragment says; every field merges commutatively. */
export function mergeFragment(mail: OpenMail, fragment: MailFragment): void {
  const { said } = mail;
  mail.changed = true;
  if (fragment.firstAt < said.firstAt) said.firstAt = fragment.firstAt;
  if (fragment.lastAt > said.lastAt) said.lastAt = fragment.lastAt;
  const { acceptedAt, nrcpt, removedAt } = fragment;
  if (acceptedAt !== undefined && (said.acceptedAt === undefined || acceptedAt < said.acceptedAt))
    said.acceptedAt = acceptedAt;
  if (nrcpt !== undefined && (said.nrcpt === undefined || nrcpt > said.nrcpt)) said.nrcpt = nrcpt;
  if (removedAt !== undefined && (said.removedAt === undefined || removedAt > said.removedAt))
    said.removedAt = removedAt;
  if (fragment.held === true) said.held = true;
  if (fragment.releasedAt !== undefined) said.releasedAt = Math.max(said.releasedAt ?? 0, fragment.releasedAt);
  if (fragment.client !== undefined) said.client = lesser(said.client, fragment.client);
  if (fragment.login !== undefined) said.login = lesser(said.login, fragment.login);
  if (fragment.sender !== undefined) said.sender = lesser(said.sender, fragment.sender);
  if (fragment.messageId !== undefined) said.messageId = fragment.messageId;
  if (fragment.headerTo !== undefined) said.headerTo = lesser(said.headerTo, fragment.headerTo);
  if (fragment.headers !== undefined) mergeHeaders(said, fragment.headers);
  mergeDeliveries(mail, fragment);
}
