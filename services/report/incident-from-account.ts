// StormAccount and the storm's alerts -> Incident.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { StormAccount, StormMessage } from "../../shared/domain/storm-account.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { AfterCalm, Answerer, Incident, ListShare, Shortened } from "./incident.ts";
import { incidentMinutes } from "./incident-minutes.ts";
import { microsoftVerdict } from "./microsoft-verdict.ts";
import type { ZoneOffset } from "../../shared/domain/zone-offset.ts";
import { deliveredOf, stopAt } from "./stop.ts";

const ANSWERERS_SHOWN = 100;
const LISTS_SHOWN = 25;
/** What passes until somebody has read an alert and stopped the list. */
const ACT_MS = 10 * MINUTE_MS;

export interface StormAlerts {
  readonly opening: StormAlert;
  readonly alerts: Shortened<StormAlert>;
}

/** What stands in no account. */
export interface BesideAccount {
  /** Messages of the storm that the account does not hold. */
  readonly notKept?: number;
  /** Of the zone in which the report's times are; else UTC. */
  readonly offsetMs?: ZoneOffset;
}

export function incidentFromAccount(
  account: StormAccount,
  told: StormAlerts,
  { notKept = 0, offsetMs }: BesideAccount = {},
): Incident {
  const { messages } = account;
  const { opening } = told;
  const microsoft = microsoftVerdict(messages);
  const microsoftAt = microsoft.kind === "acts" ? microsoft.stop.at : undefined;
  const answers = messages.filter(({ role }) => role === "reply-all");
  const [first] = answers;
  const last = answers.at(-1) ?? messages.at(-1);
  return {
    stormId: account.stormId,
    site: account.site,
    list: account.list,
    subject: account.subject,
    starter: account.starter,
    threadKey: account.threadKey,
    startedAt: account.startedAt,
    firstAnswer: first === undefined ? undefined : { at: first.at, person: first.person },
    lastAnswerAt: last?.at ?? account.startedAt,
    lastDeliveryAt: lastDeliveryOf(messages),
    calmAt: account.calmAt,
    afterCalm: afterCalmOf(account),
    audience: Math.max(account.audience, opening.evidence.audience),
    largestReach: messages.reduce((most, { recipients }) => Math.max(most, recipients), 0),
    mails: messages.length,
    replyAlls: answers.length,
    automatic: messages.filter(({ role }) => role === "automatic").length,
    people: new Set(answers.map(({ person }) => person)).size,
    recipients: messages.reduce((sum, { recipients }) => sum + recipients, 0),
    delivered: messages.reduce((sum, message) => sum + deliveredOf(message), 0),
    threads: new Set(messages.map(({ threadKey }) => threadKey)).size,
    ...told,
    alertStop: stopAt(messages, opening.detectedAt),
    lateStop: stopAt(messages, opening.detectedAt + ACT_MS),
    microsoft,
    minutes: incidentMinutes(messages, { alertAt: opening.detectedAt, microsoftAt }, offsetMs),
    lists: listShares(account),
    answerers: answerersOf(answers),
    notKept,
  };
}

function afterCalmOf({ messages, calmAt, heldUntil }: StormAccount): AfterCalm | undefined {
  if (calmAt === undefined || heldUntil === undefined) return undefined;
  const later = messages.filter(({ at }) => at > calmAt);
  const replyAlls = later.filter(({ role }) => role === "reply-all").length;
  return { heldMs: heldUntil - calmAt, mails: later.length, replyAlls };
}

function lastDeliveryOf(messages: readonly StormMessage[]): number | undefined {
  let last: number | undefined;
  for (const { minutes } of messages) {
    const end = minutes.at(-1);
    if (end !== undefined) last = Math.max(last ?? 0, end.start + MINUTE_MS);
  }
  return last;
}

/** A mail to several lists counts with each of them: where its recipients came from is not in the log. */
function listShares({ lists, messages }: StormAccount): Shortened<ListShare> {
  const shares = new Map(
    lists.map(({ address, audience }) => [address, { address, audience, mails: 0, replyAlls: 0, delivered: 0 }]),
  );
  for (const message of messages) {
    for (const address of message.lists) {
      const share = shares.get(address);
      if (share === undefined) continue;
      share.mails += 1;
      if (message.role === "reply-all") share.replyAlls += 1;
      share.delivered += deliveredOf(message);
    }
  }
  const sorted = [...shares.values()].sort((one, other) => other.delivered - one.delivered || byMails(one, other));
  return shortened(sorted, LISTS_SHOWN);
}

function byMails(one: ListShare, other: ListShare): number {
  return other.mails - one.mails || (one.address < other.address ? -1 : 1);
}

/** In order of their first answer; of many, those who answered most. */
function answerersOf(answers: readonly StormMessage[]): Incident["answerers"] {
  const people = new Map<string, Answerer>();
  for (const answer of answers) {
    const person = answer.person ?? "somebody unknown";
    const known = people.get(person) ?? { person, replyAlls: 0, firstAt: answer.at };
    people.set(person, { ...known, replyAlls: known.replyAlls + 1 });
  }
  const most = [...people.values()].sort((one, other) => other.replyAlls - one.replyAlls || byTime(one, other));
  const { shown, more } = shortened(most, ANSWERERS_SHOWN);
  const replyAlls = shown.reduce((sum, each) => sum + each.replyAlls, 0);
  return { shown: shown.toSorted(byTime), more, moreReplyAlls: answers.length - replyAlls };
}

function byTime(one: Answerer, other: Answerer): number {
  return one.firstAt - other.firstAt || (one.person < other.person ? -1 : 1);
}

function shortened<Item>(items: readonly Item[], most: number): Shortened<Item> {
  return { shown: items.slice(0, most), more: Math.max(0, items.length - most) };
}
