// MailEvent: what is known of one queue id now. assembler -> detector; also the NDJSON door for any other mail system.
// One `eventId`, a rising `revision`; the later word replaces the earlier.

import type { DeliveryMinute, DeliveryTotals } from "./delivery-minutes.ts";

/** How an address is known to be a list, the surest first. */
export const LIST_EVIDENCE = ["configured", "orig_to", "list-id", "expanded", "header"] as const;
export type ListEvidence = (typeof LIST_EVIDENCE)[number];

export interface ListSighting {
  /** Lower case. A List-Id that is no address has its first dot read as "@". */
  readonly address: string;
  readonly via: ListEvidence;
}

/** What ties a mail to its thread, in the order in which it is believed. Ids without angle brackets. */
export interface ThreadHints {
  /** As many as the log kept; the first is the thread's root. */
  readonly references: readonly string[];
  readonly inReplyTo?: string | undefined;
  /** Conversation part of Thread-Index, hex. */
  readonly threadIndex?: string | undefined;
  /** Subject, decoded, without reply prefixes and list tags, in lower case. */
  readonly subjectKey?: string | undefined;
  /** The subject carried a reply or forward prefix. */
  readonly replySubject?: boolean | undefined;
}

/** Why a mail counts as sent by a machine. */
export const AUTOMATIC_REASONS = [
  "auto-submitted",
  "null-sender",
  "precedence",
  "x-autoreply",
  "out-of-office",
  "subject",
] as const;
export type AutomaticReason = (typeof AUTOMATIC_REASONS)[number];

export interface MailEvent {
  /** Of site, host, queue id and message id. */
  readonly eventId: string;
  readonly revision: number;
  readonly site: string;
  readonly host: string;
  readonly queueId: string;
  /**
   * The machine that handed the mail over: the client's address; for local submission and loopback the host itself, or
   * "HOST local" and "HOST loopback" for what it hands on to itself once more.
   */
  readonly hop: string;
  /** Event time: ms since the epoch at which the mail was taken in. */
  readonly at: number;
  /** Absent when the mail carried none. */
  readonly messageId?: string | undefined;
  /** People: an address in clear or its pseudonym, as the setting has it; compared only for equality. */
  readonly login?: string | undefined;
  readonly from?: string | undefined;
  /** Envelope sender with SRS, BATV and VERP undone; absent for the null path and a list's own bounce address. */
  readonly sender?: string | undefined;
  /** Registrable domain of the person (From, else envelope sender). */
  readonly senderDomain?: string | undefined;
  readonly authenticated: boolean;
  /** Recipients of this queue id. */
  readonly recipients: number;
  readonly lists: readonly ListSighting[];
  readonly hints: ThreadHints;
  /** Decoded, only where allowed. */
  readonly subject?: string | undefined;
  readonly automatic?: AutomaticReason | undefined;
  /** The mail carried thread headers (References, In-Reply-To or Thread-Index) or header lines at all. */
  readonly headersLogged: boolean;
  /** The last 120 minutes in which something happened, ascending, absolute counts. */
  readonly minutes: readonly DeliveryMinute[];
  readonly earlier?: DeliveryTotals | undefined;
  /** ms since the epoch; absent while the mail is still queued. */
  readonly removedAt?: number | undefined;
}

/** Who wrote a mail and who handed it over. */
export type MailOrigin = Pick<MailEvent, "hop" | "at" | "authenticated" | "login" | "from" | "sender">;

/** Most minutes a MailEvent lists; older ones are summed in `earlier`. */
export const MINUTES_MAX = 120;
