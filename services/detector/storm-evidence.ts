// a storm with something to say -> its StormAlert: evidence as of detectedAt, forecast, advice.

import { MINUTE_MS, minuteStart } from "../../shared/domain/delivery-minutes.ts";
import type { Advice, ScoreStep, StormAlert, StormAlertType, StormEvidence } from "../../shared/domain/storm-alert.ts";
import { deliveriesEndedBy, repeatMinutes } from "./delivery-ledger.ts";
import type { FanOut } from "./fan-out.ts";
import type { QueueSlot } from "./mail-message.ts";
import { distinctPeople } from "./post-people.ts";
import type { SiteState } from "./site-state.ts";
import type { Storm } from "./storm.ts";
import { stormAudience } from "./storm-members.ts";
import { isReply } from "./storm-reply.ts";
import type { Thread } from "./thread-table.ts";
import { noteChange } from "./tracked.ts";

export interface AdviceInput {
  readonly list?: string;
  /** Queue ids not yet removed when the alert was decided. */
  readonly queueIds: readonly { readonly host: string; readonly queueId: string }[];
  readonly messageIds: readonly string[];
}

export type Advise = (input: AdviceInput) => readonly Advice[];

const STEPS_MAX = 10;
const MESSAGE_IDS_MAX = 50;
const RATE_MINUTES = 5;
const GROWTH_MS = 15 * MINUTE_MS;

/** Builds the alert and takes note of what it tells, so that the next update is measured against it. */
export function stormAlert(site: SiteState, storm: Storm, type: StormAlertType): StormAlert {
  storm.revision += 1;
  noteChange(storm);
  const members = membersUntil(storm, storm.detectedAt);
  const evidence = stormEvidence(site, storm, members);
  storm.audience = evidence.audience;
  storm.told = { replyAlls: evidence.replyAlls, deliveries: evidence.deliveriesSoFar };
  const [list] = storm.lists.size > 0 ? storm.lists : storm.shown.lists;
  const { subject } = storm.first.message;
  return {
    v: 1,
    type,
    stormId: storm.stormId,
    revision: storm.revision,
    site: site.site,
    scope: storm.scope,
    scopes: [...storm.scopes],
    threadKey: storm.threadKey,
    ...(list === undefined ? {} : { list: list.address }),
    ...(subject !== undefined && site.settings.allowSubject ? { subject } : {}),
    ...(storm.first.person === undefined ? {} : { starter: storm.first.person }),
    severity: storm.severity,
    startedAt: storm.startedAt,
    detectedAt: storm.detectedAt,
    ...(type === "storm.resolved" ? { resolvedAt: storm.calmAt } : {}),
    reasons: [...storm.reasons],
    evidence,
    forecast: { minutes: 15, atLeast: notDelivered(storm, members) },
    advice: type === "storm.resolved" ? [] : advice(site, storm, members, list?.address),
  };
}

function stormEvidence(site: SiteState, storm: Storm, members: readonly FanOut[]): StormEvidence {
  const at = storm.detectedAt;
  const replies = members.filter((member) => isReply(storm, member));
  const since = (from: number, until = at): number =>
    replies.filter((reply) => reply.at > from && reply.at <= until).length;
  const shown = shownIndex(storm.shown, at);
  const minute = minuteStart(at);
  const recent = deliveriesEndedBy(storm.deliveries, at, minute - RATE_MINUTES * MINUTE_MS);
  return {
    replyAlls: replies.length + storm.dropped.replyAlls,
    distinctRepliers: distinctRepliers(site, storm, replies),
    autoReplies: members.filter((member) => member.message.automatic !== undefined).length + storm.dropped.automatic,
    audience: stormAudience(storm),
    repliesPerMinute: since(at - RATE_MINUTES * MINUTE_MS) / RATE_MINUTES,
    deliveriesPerMinute: recent / RATE_MINUTES,
    deliveriesSoFar: deliveriesEndedBy(storm.deliveries, at),
    growthFactor: since(at - GROWTH_MS) / Math.max(1, since(at - 2 * GROWTH_MS, at - GROWTH_MS)),
    score: storm.shown.replies.posts[shown]?.after?.score ?? storm.shown.base.score,
    steps: scoreSteps(storm.shown, shown),
    firstMessageId: messageIdOf(storm.first),
    messageIds: members.slice(-MESSAGE_IDS_MAX).map(messageIdOf),
  };
}

/** Members up to a time, in order of time and message. */
function membersUntil(storm: Storm, at: number): FanOut[] {
  return storm.members.filter((member) => member.at <= at || member === storm.first).sort(byTime);
}

function byTime(one: FanOut, other: FanOut): number {
  return one.at - other.at || (one.message.id < other.message.id ? -1 : 1);
}

/** People of the last hour, each under the identity that counts in the thread or list. */
function distinctRepliers(site: SiteState, storm: Storm, replies: readonly FanOut[]): number {
  const from = storm.detectedAt - site.settings.distinctMs + 1;
  if (storm.threads.size === 1 && !storm.scopes.includes("list")) {
    const [thread] = storm.threads;
    if (thread !== undefined) return distinctPeople(thread.replies, shownIndex(thread, storm.detectedAt), from);
  }
  const identities = new Set<string>();
  for (const reply of replies) {
    const identity = reply.post?.identity ?? reply.listPost?.identity ?? reply.person;
    if (reply.at >= from && identity !== undefined && identity !== storm.first.person) identities.add(identity);
  }
  return identities.size;
}

function shownIndex(thread: Thread, at: number): number {
  let index = thread.replies.posts.length - 1;
  while (index >= 0 && (thread.replies.posts[index]?.at ?? 0) > at) index -= 1;
  return index;
}

function scoreSteps(thread: Thread, last: number): ScoreStep[] {
  const steps: ScoreStep[] = [];
  let before = thread.base.at;
  for (const post of thread.replies.posts.slice(0, last + 1)) {
    if (!post.distinct || post.after === undefined) continue;
    steps.push({
      at: post.at,
      secondsSinceLast: (post.at - before) / 1000,
      person: post.person,
      timing: post.timing,
      newcomer: post.mark,
      pause: post.pause,
      score: post.after.score,
    });
    before = post.at;
  }
  return steps.slice(-STEPS_MAX);
}

/** Recipients accepted up to detectedAt that had no delivery by then and whose queue id was still queued. */
function notDelivered(storm: Storm, members: readonly FanOut[]): number {
  let sum = storm.dropped.notDelivered;
  for (const member of members) sum += stillQueued(member, storm.detectedAt);
  return sum;
}

function stillQueued({ message, reach, deliveries }: FanOut, at: number): number {
  const slots = message.slots.filter((slot) => slot.hop === message.leading);
  const known = slots.reduce((sum, slot) => sum + slot.recipients, 0);
  // Queue ids that were only summed: what was refused cannot be told from what waits.
  if (known < message.reach) return Math.max(0, reach - deliveriesEndedBy(deliveries, at));
  const queued = slots.filter((slot) => slot.removedAt > at);
  const left = queued.reduce((sum, slot) => sum + Math.max(0, slot.recipients - deliveredOf(slot, at)), 0);
  // A configured audience is expanded where it cannot be seen, once the mail has gone there.
  return queued.length === 0 ? 0 : left + reach - message.reach;
}

function deliveredOf(slot: QueueSlot, at: number): number {
  let sum = 0;
  repeatMinutes(slot, (minute, delivered) => {
    if (minute + MINUTE_MS <= at) sum += delivered;
  });
  return sum;
}

function advice(
  site: SiteState,
  storm: Storm,
  members: readonly FanOut[],
  list: string | undefined,
): readonly Advice[] {
  const { detectedAt } = storm;
  const queueIds: { host: string; queueId: string }[] = [];
  for (const member of members.toReversed()) {
    for (const slot of member.message.slots) {
      if (queueIds.length >= site.settings.bounds.queueIdsPerAdviceMax) break;
      // A replay knows what came later; the alert says what was queued when it would have been raised.
      if (slot.removedAt > detectedAt) queueIds.push({ host: slot.host, queueId: slot.queueId });
    }
  }
  const messageIds = members.slice(-MESSAGE_IDS_MAX).map(messageIdOf);
  return site.advise({ ...(list === undefined ? {} : { list }), queueIds, messageIds });
}

function messageIdOf(fanOut: FanOut): string {
  return fanOut.message.messageId ?? fanOut.message.id;
}
