// MailEvent of a mail with one queue id and few recipients <-> one flat object <-> one text and a few numbers, as it is kept.
// It can be turned back into the event when a second queue id arrives.

import {
  AUTOMATIC_REASONS,
  type AutomaticReason,
  type ListSighting,
  type MailEvent,
  type ThreadHints,
} from "../../shared/domain/mail-event.ts";

export interface SmallMail {
  /** Message-ID, else the event id. */
  readonly key: string;
  readonly eventId: string;
  readonly site: string;
  readonly host: string;
  readonly queueId: string;
  readonly hop: string;
  readonly at: number;
  readonly messageId: string | undefined;
  revision: number;
  recipients: number;
  login: string | undefined;
  from: string | undefined;
  sender: string | undefined;
  senderDomain: string | undefined;
  authenticated: boolean;
  headersLogged: boolean;
  lists: readonly ListSighting[];
  hints: ThreadHints;
  subject: string | undefined;
  automatic: AutomaticReason | undefined;
  removedAt: number | undefined;
  lastAt: number;
  /** Deliveries counted so far (see CountedMinutes). */
  start: number;
  delivered: number;
  more: number[] | undefined;
  earlier: number;
}

const NO_LISTS: readonly ListSighting[] = [];
const NO_HINTS: ThreadHints = { references: [] };

/** A later word takes the place of the earlier. */
export function reviseSmallMail(small: SmallMail, event: MailEvent): void {
  small.revision = event.revision;
  small.recipients = event.recipients;
  small.login = event.login;
  small.from = event.from;
  small.sender = event.sender;
  small.senderDomain = event.senderDomain;
  small.authenticated = event.authenticated;
  small.headersLogged = event.headersLogged;
  small.lists = event.lists.length === 0 ? NO_LISTS : event.lists;
  small.hints = hintsOf(event.hints);
  small.subject = event.subject;
  small.automatic = event.automatic;
  small.removedAt = event.removedAt;
}

function hintsOf(hints: ThreadHints): ThreadHints {
  const { references, inReplyTo, threadIndex, subjectKey } = hints;
  const some =
    references.length > 0 || inReplyTo !== undefined || threadIndex !== undefined || subjectKey !== undefined;
  return some ? hints : NO_HINTS;
}

/** Numbers of a small mail that stand beside its text. */
export const SMALL_MAIL_NUMBERS = 9;
/** Between the texts: no id, address or host holds it (it is refused where they are read), and JSON escapes it. */
const SEPARATOR = "\0";

/** A MailEvent but for its deliveries, which are counted apart. */
export type SmallEvent = Omit<MailEvent, "minutes" | "earlier">;

/** What is kept beside the event: deliveries counted so far, and when it was last spoken of. */
export type SmallMailCounts = Pick<SmallMail, "lastAt" | "start" | "delivered" | "more" | "earlier">;

/** A mail to be kept: an event of one, or what was taken out before. */
export interface SmallMailEntry {
  readonly event: SmallEvent;
  readonly key: string;
  readonly hash: number;
  readonly counts: SmallMailCounts;
}

/** The texts of an event in one; "" stands for what is absent. `key` is its Message-ID, else its event id. */
export function smallMailText(event: SmallEvent, key: string, more: number[] | undefined): string {
  const who = `${event.login ?? ""}\0${event.from ?? ""}\0${event.sender ?? ""}\0${event.senderDomain ?? ""}`;
  const where = `${event.eventId}\0${event.site}\0${event.host}\0${event.queueId}\0${event.hop}`;
  const rest = more === undefined && isPlain(event) ? "" : restText(event, more);
  return `${key}\0${where}\0${who}\0${event.automatic ?? ""}\0${rest}`;
}

/** Nothing but ids and people: what a mail without header lines leaves. */
function isPlain({ lists, hints, subject }: Pick<MailEvent, "lists" | "hints" | "subject">): boolean {
  return subject === undefined && lists.length === 0 && hintsOf(hints) === NO_HINTS;
}

function restText(event: Pick<MailEvent, "lists" | "hints" | "subject">, more: number[] | undefined): string {
  return JSON.stringify({ lists: event.lists, hints: event.hints, subject: event.subject, more });
}

type Rest = Pick<SmallMail, "lists" | "hints"> & Partial<Pick<SmallMail, "subject" | "more">>;

export function writeSmallMailNumbers(
  event: SmallEvent,
  counts: SmallMailCounts,
  numbers: Float64Array,
  at: number,
): void {
  numbers[at] = event.at;
  numbers[at + 1] = counts.lastAt;
  numbers[at + 2] = event.revision;
  numbers[at + 3] = event.recipients;
  numbers[at + 4] = counts.start;
  numbers[at + 5] = counts.delivered;
  numbers[at + 6] = counts.earlier;
  numbers[at + 7] = event.removedAt ?? Number.NaN;
  numbers[at + 8] =
    (event.authenticated ? 1 : 0) + (event.headersLogged ? 2 : 0) + (event.messageId === undefined ? 4 : 0);
}

const NO_REST: Rest = { lists: NO_LISTS, hints: NO_HINTS };

function restOf(text: string): Rest {
  if (text === "") return NO_REST;
  const parsed: unknown = JSON.parse(text);
  return isRest(parsed) ? parsed : NO_REST;
}

/** Only what restText wrote ever comes by; this tells the compiler, and would catch a mix-up of fields. */
function isRest(value: unknown): value is Rest {
  return (
    typeof value === "object" && value !== null && "lists" in value && Array.isArray(value.lists) && "hints" in value
  );
}

/** The small mail of a text and its numbers, as they were written. */
export function readSmallMail(text: string, numbers: Float64Array, at: number): SmallMail {
  const texts = text.split(SEPARATOR);
  const textAt = (index: number): string => texts[index] ?? "";
  const presentAt = (index: number): string | undefined => (texts[index] === "" ? undefined : texts[index]);
  const numberAt = (index: number): number => numbers[at + index] ?? 0;
  const flags = numberAt(8);
  const removedAt = numberAt(7);
  const rest = restOf(textAt(11));
  return {
    key: textAt(0),
    eventId: textAt(1),
    site: textAt(2),
    host: textAt(3),
    queueId: textAt(4),
    hop: textAt(5),
    at: numberAt(0),
    messageId: (flags & 4) === 0 ? textAt(0) : undefined,
    revision: numberAt(2),
    recipients: numberAt(3),
    login: presentAt(6),
    from: presentAt(7),
    sender: presentAt(8),
    senderDomain: presentAt(9),
    authenticated: (flags & 1) !== 0,
    headersLogged: (flags & 2) !== 0,
    lists: rest.lists,
    hints: rest.hints,
    subject: rest.subject,
    automatic: AUTOMATIC_REASONS.find((reason) => reason === textAt(10)),
    removedAt: Number.isNaN(removedAt) ? undefined : removedAt,
    lastAt: numberAt(1),
    start: numberAt(4),
    delivered: numberAt(5),
    more: rest.more,
    earlier: numberAt(6),
  };
}
