// MailFragment: what some lines of one queue id said. ingest -> assembler.
// Every field merges commutatively (earliest, largest, lesser string, sum, set), so the order of the lines cannot show.

import type { DeliveryMinute } from "./delivery-minutes.ts";

/** Header fields worth a line of the log; names in lower case. */
export const HEADER_NAMES = [
  "from",
  "reply-to",
  "subject",
  "in-reply-to",
  "references",
  "thread-index",
  "auto-submitted",
  "list-id",
  "precedence",
  "x-autoreply",
  "x-autorespond",
] as const;

export type HeaderName = (typeof HEADER_NAMES)[number];

export type Headers = Partial<Record<HeaderName, string>>;

/** An address and the number of delivery lines that named it; 0: the whole mail was forwarded for it, under this queue id. */
export interface SeenAddress {
  readonly address: string;
  seen: number;
}

/** Most addresses kept a fragment and a mail in `origTo` and in `expandedTo`; more are counted as dropped. */
export const ADDRESSES_MAX = 8;

/** A group that the mail server replaced by its members. */
export interface Expansion {
  /** Lower case. */
  readonly address: string;
  /** Recipients that took its place, groups within it among them. */
  members: number;
}

/** Most groups kept a fragment and a mail: one that all are in has many within it. */
export const EXPANSIONS_MAX = 256;
/** Most recipients kept of those that were named twice. */
export const DUPLICATES_MAX = 1024;

export interface MailFragment {
  readonly site: string;
  readonly host: string;
  readonly queueId: string;
  /** Earliest and latest stamp of its lines, ms since the epoch. */
  firstAt: number;
  lastAt: number;
  /** Earliest stamp of a line that takes the mail in (client, pickup, cleanup, queue manager). */
  acceptedAt: number | undefined;
  /** Address of the machine that handed the mail over, or "local" for local submission. */
  client: string | undefined;
  login: string | undefined;
  /** Envelope sender; "" is the null return path. */
  sender: string | undefined;
  /** Recipients at acceptance; what the server itself makes of groups stands in `expansions`. */
  nrcpt: number | undefined;
  /** Message-ID without angle brackets; "" when the mail had none. */
  messageId: string | undefined;
  /** Raw header values as logged: cut at 200 bytes, folds as "?", MIME words not decoded. */
  headers: Headers | undefined;
  /** Original recipients of delivery lines that named one: addresses that a virtual alias expanded. */
  origTo: SeenAddress[] | undefined;
  /** Recipients whose delivery line says that they were expanded or handed on (forwarded as, pipe, loopback, a list server). */
  expandedTo: string[] | undefined;
  /** How many delivery lines said so. */
  handedOn: number | undefined;
  /** Groups that became their members under the same queue id. */
  expansions: Expansion[] | undefined;
  /** Recipients that were named twice, and got one copy: directly and as a member. */
  duplicateTo: string[] | undefined;
  /** Last envelope recipient, as header lines name it; of a log that names all at acceptance these, with ";" between. */
  headerTo: string | undefined;
  /** Delivery lines by event-time minute, ascending. */
  minutes: DeliveryMinute[] | undefined;
  /** Put on hold when it was taken in, or released later. */
  held: boolean | undefined;
  /** Latest stamp of a line that released it. */
  releasedAt: number | undefined;
  removedAt: number | undefined;
}
