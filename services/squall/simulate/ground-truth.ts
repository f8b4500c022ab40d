// what the scenario did -> a record to judge a detector by. Complete once the log has been written to its end.

import type { DeliveryCounts } from "./delivery-queue.ts";
import { MAIL_KINDS, type MailKind } from "./mail.ts";

/** Most times and message ids listed a storm or discussion; the counts go on. */
const LISTED_MAX = 100;

export interface StormTruth {
  readonly list: string;
  readonly subject: string;
  readonly starter: string;
  readonly audience: number;
  /** First and last mail that reached the list, RFC 3339. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly firstMessageId: string;
  readonly replyAlls: number;
  readonly distinctRepliers: number;
  /** The first 100. */
  readonly replyAllTimes: readonly string[];
  /** The first 100, the first mail's among them; without angle brackets. */
  readonly threadMessageIds: readonly string[];
  readonly autoReplies: number;
  /** Reply-alls that the server refused once the list was shut. */
  readonly refused: number;
  readonly endedBy: string;
}

/** An ordinary conversation on a list: none of these is a storm. */
export interface DiscussionTruth {
  readonly list: string;
  readonly audience: number;
  readonly subject: string;
  readonly replyAlls: number;
  readonly distinctRepliers: number;
  /** The first 100. */
  readonly replyAllTimes: readonly string[];
}

export interface GroundTruth {
  readonly v: 1;
  readonly scenario: string;
  readonly seed: number;
  readonly scale: number;
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
  readonly lists: readonly { readonly address: string; readonly members: number }[];
  readonly storms: readonly StormTruth[];
  readonly discussions: readonly DiscussionTruth[];
  /** Queue ids by kind of mail. */
  readonly traffic: Readonly<Record<MailKind, number>>;
}

/** The book a running simulation keeps. */
export interface TruthBook {
  mails: number;
  recipients: number;
  readonly deliveries: DeliveryCounts;
  readonly traffic: Record<MailKind, number>;
  readonly lists: { address: string; members: number }[];
  readonly conversations: Conversation[];
}

export interface Conversation {
  readonly storm: boolean;
  readonly list: string;
  readonly subject: string;
  readonly starter: string;
  readonly audience: number;
  firstAt: number;
  lastAt: number;
  readonly firstMessageId: string;
  replyAlls: number;
  readonly repliers: Set<string>;
  readonly replyAllTimes: number[];
  readonly messageIds: string[];
  autoReplies: number;
  refused: number;
  endedBy: string;
}

export function createTruthBook(): TruthBook {
  const traffic = Object.fromEntries(MAIL_KINDS.map((kind) => [kind, 0]));
  if (!isTraffic(traffic)) throw new TypeError("a kind of mail has no count");
  return {
    mails: 0,
    recipients: 0,
    deliveries: { sent: 0, deferred: 0, bounced: 0 },
    traffic,
    lists: [],
    conversations: [],
  };
}

/** Counts a mail to the list by someone other than the starter. */
export function countReplyAll(conversation: Conversation, at: number, person: string, messageId: string): void {
  conversation.lastAt = Math.max(conversation.lastAt, at);
  conversation.replyAlls += 1;
  conversation.repliers.add(person);
  if (conversation.replyAllTimes.length < LISTED_MAX) conversation.replyAllTimes.push(at);
  if (conversation.messageIds.length < LISTED_MAX) conversation.messageIds.push(messageId);
}

/** The book as a record of its own. */
export function groundTruth(
  book: TruthBook,
  run: Pick<GroundTruth, "scenario" | "seed" | "scale" | "startedAt" | "endedAt" | "lines">,
): GroundTruth {
  const { mails, recipients, deliveries } = book;
  return {
    v: 1,
    ...run,
    mails,
    recipients,
    deliveries: { ...deliveries },
    undelivered: recipients - deliveries.sent - deliveries.bounced,
    lists: [...book.lists],
    storms: book.conversations.filter((conversation) => conversation.storm).map(stormTruth),
    discussions: book.conversations.filter((conversation) => !conversation.storm).map(discussionTruth),
    traffic: { ...book.traffic },
  };
}

function stormTruth(conversation: Conversation): StormTruth {
  return {
    list: conversation.list,
    subject: conversation.subject,
    starter: conversation.starter,
    audience: conversation.audience,
    firstAt: timeText(conversation.firstAt),
    lastAt: timeText(conversation.lastAt),
    firstMessageId: conversation.firstMessageId,
    replyAlls: conversation.replyAlls,
    distinctRepliers: conversation.repliers.size,
    replyAllTimes: conversation.replyAllTimes.map(timeText),
    threadMessageIds: conversation.messageIds,
    autoReplies: conversation.autoReplies,
    refused: conversation.refused,
    endedBy: conversation.endedBy,
  };
}

function discussionTruth(conversation: Conversation): DiscussionTruth {
  return {
    list: conversation.list,
    audience: conversation.audience,
    subject: conversation.subject,
    replyAlls: conversation.replyAlls,
    distinctRepliers: conversation.repliers.size,
    replyAllTimes: conversation.replyAllTimes.map(timeText),
  };
}

/** RFC 3339 UTC with milliseconds. */
export function timeText(atMicros: number): string {
  return new Date(Math.floor(atMicros / 1000)).toISOString();
}

function isTraffic(counts: Record<string, number>): counts is Record<MailKind, number> {
  return MAIL_KINDS.every((kind) => counts[kind] === 0);
}
