// what the scenario did -> a record to judge a detector by. Complete once the log has been written to its end.

import { expectedOutcome, type ExpectedOutcome, type ReplyAll } from "./expected-outcome.ts";
import type { LogClock } from "./log-clock.ts";
import type { MailKind } from "./mail.ts";
import type { LogFormat, SetUp } from "./set-up.ts";
import type { Conversation, DeliveryCounts, ListTruth, TruthBook } from "./truth-book.ts";

/** Squall's default price gate, in deliveries, and the one its README proposes for small lists. */
const DEFAULT_GATE = 10_000;
const SMALL_GATE = 1000;

/** What is expected of a detector that keeps squall's rule, by price gate. */
export interface Expectation {
  /** At squall's default gate of 10,000 deliveries. */
  readonly defaultGate: ExpectedOutcome;
  /** At a gate of 1,000, as a small company sets it. */
  readonly gateOf1000: ExpectedOutcome;
  /** Storms it may be told as: waves hours apart are storms of their own, as the life of a storm has it. */
  readonly stormsMost: number;
}

interface ConversationTruth {
  /** The lists that its mails go to, the first one first. */
  readonly lists: readonly ListTruth[];
  /** Recipients of each mail: members of all lists and single addresses. */
  readonly audience: number;
  readonly subject: string;
  readonly replyAlls: number;
  readonly distinctRepliers: number;
  /** When each fanned out, in order, RFC 3339. */
  readonly replyAllTimes: readonly string[];
}

export interface StormTruth extends ConversationTruth {
  /** The first of the lists. */
  readonly list: string;
  readonly starter: string;
  /** First and last mail that reached the list, RFC 3339. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly firstMessageId: string;
  /** In order of writing, the first mail's first; without angle brackets. */
  readonly threadMessageIds: readonly string[];
  /** The reply-alls are sent by machines. */
  readonly automatic: boolean;
  /** Mails to the lists that are no part of the conversation but of the storm: an attacker's, a recall. */
  readonly otherMails: number;
  /** "I am away" to the writers. */
  readonly autoReplies: number;
  /** Reply-alls that the server refused once the list was shut. */
  readonly refused: number;
  /** Mails that went on to small groups and single addresses after that. */
  readonly afterShut: number;
  readonly endedBy: string;
  readonly expected: Expectation;
}

/** An ordinary conversation on a list: none of these is a storm, and nothing should open. */
export interface DiscussionTruth extends ConversationTruth {
  readonly list: string;
  /** Set where the rule is known to call it a storm all the same. */
  readonly knownWeakness?: Expectation;
}

export interface GroundTruth {
  readonly v: 1;
  readonly scenario: string;
  /** What happens and what is expected, in words. */
  readonly expected: string;
  /** How the mail system wrote it. */
  readonly format: LogFormat;
  readonly setUp?: SetUp;
  readonly seed: number;
  readonly scale: number;
  /** How many times as fast as in the scenario, where it was written live. */
  readonly speed?: number;
  readonly startedAt: string;
  /** Event time at which the log stops. */
  readonly endedAt: string;
  readonly lines: number;
  /** Queue ids taken in. */
  readonly mails: number;
  /** Sum of their recipients. */
  readonly recipients: number;
  /** Delivery lines by status; sent + bounced + undelivered = recipients. */
  readonly deliveries: DeliveryCounts;
  readonly undelivered: number;
  readonly lists: readonly ListTruth[];
  readonly storms: readonly StormTruth[];
  readonly discussions: readonly DiscussionTruth[];
  /** Queue ids by kind of mail. */
  readonly traffic: Readonly<Record<MailKind, number>>;
}

/** What is shown of a book: times, and nothing of what lies behind its end. */
interface Telling {
  readonly clock: LogClock;
  /** As shown, microseconds; Infinity where the log was written to its end. */
  readonly cutAt: number;
}

/** The book as a record of its own. */
export function groundTruth(
  book: TruthBook,
  run: Pick<
    GroundTruth,
    "scenario" | "expected" | "format" | "setUp" | "seed" | "scale" | "speed" | "startedAt" | "endedAt" | "lines"
  >,
  telling: Telling,
): GroundTruth {
  const { cutAt } = telling;
  const conversations = book.conversations
    .map((conversation) => asShown(conversation, telling))
    .filter(({ firstAt }) => firstAt <= cutAt);
  const { mails, recipients, deliveries } = book;
  return {
    v: 1,
    ...run,
    mails,
    recipients,
    deliveries: { ...deliveries },
    undelivered: recipients - deliveries.sent - deliveries.bounced,
    lists: [...book.lists],
    storms: conversations.filter((conversation) => conversation.storm).map(stormTruth),
    discussions: conversations.filter((conversation) => !conversation.storm).map(discussionTruth),
    traffic: { ...book.traffic },
  };
}

function asShown(conversation: Conversation, { clock, cutAt }: Telling): Conversation {
  const replyAlls = conversation.replyAlls.map((reply) => ({ ...reply, at: clock.shown(reply.at) }));
  return {
    ...conversation,
    firstAt: clock.shown(conversation.firstAt),
    replyAlls: replyAlls.filter(({ at }) => at <= cutAt),
  };
}

function stormTruth(conversation: Conversation): StormTruth {
  const { starter, firstAt, firstMessageId, messageIds, automatic, otherMails, autoReplies, refused } = conversation;
  const common = conversationTruth(conversation);
  return {
    list: listOf(conversation),
    ...common,
    starter,
    firstAt: timeText(firstAt),
    lastAt: common.replyAllTimes.at(-1) ?? timeText(firstAt),
    firstMessageId,
    threadMessageIds: messageIds,
    automatic,
    otherMails,
    autoReplies,
    refused,
    afterShut: conversation.afterShut,
    endedBy: conversation.endedBy,
    expected: expectation(conversation),
  };
}

function discussionTruth(conversation: Conversation): DiscussionTruth {
  const weakness = conversation.knownWeakness ? { knownWeakness: expectation(conversation) } : {};
  return { list: listOf(conversation), ...conversationTruth(conversation), ...weakness };
}

function conversationTruth(conversation: Conversation): ConversationTruth {
  const { lists, audience, subject } = conversation;
  const replyAlls = inOrder(conversation);
  return {
    lists,
    audience,
    subject,
    replyAlls: replyAlls.length,
    distinctRepliers: new Set(replyAlls.map(({ person }) => person)).size,
    replyAllTimes: replyAlls.map(({ at }) => timeText(at)),
  };
}

function expectation(conversation: Conversation): Expectation {
  const course = { ...conversation, replyAlls: inOrder(conversation) };
  return {
    defaultGate: expectedOutcome(course, DEFAULT_GATE),
    gateOf1000: expectedOutcome(course, SMALL_GATE),
    stormsMost: conversation.stormsMost,
  };
}

/** What a moderator held fans out later than it was written. */
function inOrder({ replyAlls }: Conversation): ReplyAll[] {
  return replyAlls.toSorted((a, b) => a.at - b.at);
}

function listOf({ lists }: Conversation): string {
  return lists[0]?.address ?? "";
}

/** RFC 3339 UTC with milliseconds. */
export function timeText(atMicros: number): string {
  return new Date(Math.floor(atMicros / 1000)).toISOString();
}
