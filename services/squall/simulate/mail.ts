// What happens, told without any mail server's words: a mail, who gets it and what becomes of it. Times are microseconds since the epoch.

import type { MailList } from "./mail-list.ts";

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** A mail is given to the mail system this long before it is handed over, so that the connection can be seen to open. */
export const HANDOVER_LEAD = SECOND / 10;

/** What a mail is, for the ground truth. */
export const MAIL_KINDS = [
  "internal",
  "inbound",
  "outbound",
  "reply",
  "list",
  "list-copy",
  "storm",
  "newsletter",
  "announcement",
  "out-of-office",
  "bounce",
  "cron",
  "spam",
  "digest",
  "patch",
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** Program that wrote the mail: decides the order of its headers and how they are folded. */
export type MailProgram = "outlook" | "thunderbird" | "phone" | "machine";

/** The machine that handed the mail over. */
export interface Origin {
  readonly name: string;
  readonly address: string;
  readonly helo: string;
  /** Set when the person logged in to send. */
  readonly login?: string;
}

/** Where a recipient's mail goes: the mail stores, another organisation's server, or the list manager on the same machine. */
export type Route = "store" | "internet" | "list-manager";
/** `greylisted` and `deferred` mail arrives at a later attempt. */
export type Fate = "sent" | "greylisted" | "deferred" | "bounced";

export interface Recipient {
  readonly address: string;
  /** The address the sender wrote, when an alias turned it into this one. */
  readonly writtenAs?: string;
  readonly route: Route;
  readonly fate: Fate;
  /** Time the transfer takes. */
  readonly transferMicros: number;
}

/** Members [first, first + count) of a list. */
export interface Members {
  readonly list: MailList;
  readonly first: number;
  readonly count: number;
  /** The mail server itself expanded the list's address. */
  readonly throughAlias: boolean;
}

export interface Mail {
  readonly kind: MailKind;
  readonly server: "main" | "edge";
  readonly at: number;
  /** Absent for mail handed over by a program on the server itself. */
  readonly origin?: Origin;
  /** Return path; "" is the null one. */
  readonly sender: string;
  readonly from: string;
  readonly to: string;
  readonly cc?: string;
  readonly subject: string;
  /** Without angle brackets. */
  readonly messageId: string;
  readonly sizeBytes: number;
  readonly program: MailProgram;
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  readonly threadIndex?: string;
  readonly autoSubmitted?: string;
  readonly precedence?: string;
  readonly listId?: string;
  readonly suppress?: string;
  readonly recipients: readonly Recipient[] | Members;
  /** Told while members receive the mail: how many just did, who the first of them was, and when. */
  readonly received?: (firstMember: number, count: number, at: number) => void;
  /** Told once, when the list manager on the server has taken the mail. */
  readonly handedOn?: (at: number) => void;
}

/** An attempt to send that the server refuses at once. */
export interface Refusal {
  readonly at: number;
  readonly server: "main" | "edge";
  readonly origin: Origin;
  readonly sender: string;
  readonly recipient: string;
  readonly reason: string;
}

/** The mail server as the scenarios see it; each later log format is one of these. */
export interface MailSystem {
  accept(mail: Mail): void;
  refuse(refusal: Refusal): void;
}

export function isMembers(recipients: readonly Recipient[] | Members): recipients is Members {
  return "list" in recipients;
}

export function recipientCount(mail: Mail): number {
  return isMembers(mail.recipients) ? mail.recipients.count : mail.recipients.length;
}
