// The book a running simulation keeps: mails, deliveries, lists, and who answered all in which conversation.

import type { ReplyAll } from "./expected-outcome.ts";
import { MAIL_KINDS, type MailKind } from "./mail.ts";

/** Delivery lines or rows by status. */
export interface DeliveryCounts {
  sent: number;
  deferred: number;
  bounced: number;
}

export interface ListTruth {
  readonly address: string;
  readonly members: number;
}

export interface TruthBook {
  mails: number;
  recipients: number;
  readonly deliveries: DeliveryCounts;
  readonly traffic: Record<MailKind, number>;
  readonly lists: ListTruth[];
  readonly conversations: Conversation[];
}

export interface Conversation {
  readonly storm: boolean;
  readonly lists: readonly ListTruth[];
  readonly subject: string;
  readonly starter: string;
  readonly audience: number;
  readonly firstAt: number;
  readonly firstMessageId: string;
  readonly replyAlls: ReplyAll[];
  readonly messageIds: string[];
  readonly automatic: boolean;
  readonly quickOpening: boolean;
  readonly stormsMost: number;
  readonly knownWeakness: boolean;
  otherMails: number;
  autoReplies: number;
  refused: number;
  afterShut: number;
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

/** Enters a conversation of one mail so far. */
export function openConversation(
  book: TruthBook,
  about: Pick<Conversation, "storm" | "lists" | "subject" | "starter" | "audience" | "firstAt" | "firstMessageId"> &
    Partial<Pick<Conversation, "automatic" | "quickOpening" | "stormsMost" | "knownWeakness" | "endedBy">>,
): Conversation {
  const conversation: Conversation = {
    automatic: false,
    quickOpening: false,
    stormsMost: 1,
    knownWeakness: false,
    endedBy: "",
    ...about,
    lists: about.lists.map(({ address, members }) => ({ address, members })),
    replyAlls: [],
    messageIds: [about.firstMessageId],
    otherMails: 0,
    autoReplies: 0,
    refused: 0,
    afterShut: 0,
  };
  book.conversations.push(conversation);
  return conversation;
}

/** Counts a mail to the list by someone other than the starter; `at` is when it fans out. */
export function countReplyAll(
  conversation: Conversation,
  reply: { at: number; person: string; messageId: string; tied?: boolean },
): void {
  const { at, person, messageId, tied = true } = reply;
  conversation.replyAlls.push({ at, person, tied });
  conversation.messageIds.push(messageId);
}

function isTraffic(counts: Record<string, number>): counts is Record<MailKind, number> {
  return MAIL_KINDS.every((kind) => counts[kind] === 0);
}
