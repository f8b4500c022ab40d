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
  "recall",
  "recall-report",
  "sign-up",
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

/** Program that wrote the mail: decides the order of its headers and how they are folded. */
export type MailProgram = "outlook" | "thunderbird" | "phone" | "machine";

/** Where mail comes in: from people and machines of the house, or from outside. */
export type Server = "main" | "edge";

/** The machine that handed the mail over. */
export interface Origin {
  readonly name: string;
  readonly address: string;
  readonly helo: string;
  /** Set when the person logged in to send. */
  readonly login?: string;
}

/** Where a recipient's mail goes: the mail stores, another organisation's server, or what makes a list of it on the same machine. */
export type Route = "store" | "internet" | "list-manager" | "local-alias";
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
  /** The list the address stands for, where a list manager or local(8) makes copies for its members. */
  readonly list?: MailList;
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
  readonly server: Server;
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
  readonly recipients: readonly Recipient[];
  /** Members of lists who get this very copy, beside `recipients`. */
  readonly members?: readonly Members[];
  /** Told while members receive the mail: who just did, and when. */
  readonly received?: (members: Members, at: number) => void;
  /** Told when a single recipient has got the mail, be it a list manager. */
  readonly handedOn?: (recipient: Recipient, at: number) => void;
  /** It comes over a connection that other mail uses too: no "connect" and "disconnect" of its own. */
  readonly sharesConnection?: boolean;
}

/** Who a mail to lists is for, as its To says. */
export interface Posting {
  readonly lists: readonly MailList[];
  /** Single addresses beside the lists. */
  readonly people: readonly Recipient[];
  /** A moderator keeps the mail until then. */
  readonly heldUntil?: number;
  /** The manager of the lists sends it of its own: nobody wrote to them. */
  readonly byManager?: boolean;
}

/** An attempt to send that the server refuses at once. */
export interface Refusal {
  readonly at: number;
  readonly server: Server;
  readonly origin: Origin;
  readonly sender: string;
  readonly recipient: string;
  readonly reason: string;
}

/** The mail system as the scenarios see it; each log format is one of these. */
export interface MailSystem {
  /** A mail to single people. */
  accept(mail: Mail): void;
  /** A mail to lists, brought to their members in the way of the set-up. `mail` has no recipients of its own. */
  post(mail: Mail, posting: Posting): void;
  refuse(refusal: Refusal): void;
}

export function recipientCount({ recipients, members = [] }: Mail): number {
  return members.reduce((sum, { count }) => sum + count, recipients.length);
}
