// queue ids of one message over its hops -> its reach, its time, and what any hop knows of it.
// A hop is the machine that handed the mail over. Reach is the largest, over hops, of the recipients of its queue ids:
// a second hop adds nothing, chunks of one hop add up. Deliveries are counted at that hop too.
//
//   hop A: 1 queue id, 3,000 recipients; hop B (a hub, 50 at a time): 60 queue ids of 50   -> reach 3,000
//   hop A: 1 queue id, 1 recipient (the list); hop B: 3,000 queue ids of 1 (VERP)           -> reach 3,000

import type { AutomaticReason, ListEvidence, MailEvent } from "../../shared/domain/mail-event.ts";
import { type CountedMinutes, createCountedMinutes } from "./delivery-ledger.ts";
import type { FanOut } from "./fan-out.ts";
import { learnFacts, learnLists } from "./message-facts.ts";

/** One queue id, with what was counted of its deliveries. */
export interface QueueSlot extends CountedMinutes {
  readonly eventId: string;
  readonly host: string;
  readonly queueId: string;
  readonly hop: HopSum;
  revision: number;
  recipients: number;
  /** Infinity while it is queued, as far as is known. */
  removedAt: number;
  /** Its place among the message's queue ids. */
  readonly place: number;
}

export interface HopSum {
  readonly hop: string;
  recipients: number;
  queueIds: number;
  firstAt: number;
}

export interface MessageList {
  readonly address: string;
  via: ListEvidence;
  /** Recipients of the queue id that named it, the fewest. */
  recipients: number;
  at: number;
}

export interface MailMessage {
  /** Message-ID, else the event id. */
  readonly id: string;
  readonly messageId: string | undefined;
  from: string | undefined;
  login: string | undefined;
  sender: string | undefined;
  senderDomain: string | undefined;
  authenticated: boolean;
  subject: string | undefined;
  headersLogged: boolean;
  /** Acceptance of the queue id whose header lines decide whether a machine sent it. */
  headersAt: number;
  automatic: AutomaticReason | undefined;
  /** Until its thread is decided. */
  references: readonly string[];
  /** A References or In-Reply-To header ties it to a thread. */
  tied: boolean;
  inReplyTo: string | undefined;
  threadIndex: string | undefined;
  subjectKey: string | undefined;
  replySubject: boolean;
  readonly lists: MessageList[];
  hops: HopSum[];
  /** Queue ids one by one, in order of arrival. */
  slots: QueueSlot[];
  /** The same by event id, once there are many. */
  slotsById: Map<string, QueueSlot> | undefined;
  /** Its turn among the messages with many queue ids; 0: it has few. */
  largeTurn: number;
  /** Slots were given up for room: unknown queue ids are only summed. */
  sealed: boolean;
  reach: number;
  /** The hop with that reach, the earliest of equals. */
  leading: HopSum | undefined;
  /** Site window in which the message counts. */
  readonly countedAt: number;
  fanOut: FanOut | undefined;
}

export interface MessageLimits {
  readonly queueIdsPerHopMax: number;
  readonly hopsPerMessageMax: number;
  readonly listsPerMessageMax: number;
}

/** What became of an event: `new` and `revised` carry the slot whose deliveries are to be counted. */
export type SlotOutcome =
  | { readonly kind: "new" | "revised"; readonly slot: QueueSlot; readonly hop: HopSum }
  | { readonly kind: "summed"; readonly hop: HopSum }
  | { readonly kind: "repeated" }
  | { readonly kind: "hop-dropped" };

/** Queue ids that are looked through one by one, and that do not count against the bound on all queue ids. */
export const FEW_SLOTS = 8;

const REPEATED: SlotOutcome = { kind: "repeated" };
const HOP_DROPPED: SlotOutcome = { kind: "hop-dropped" };

export const NONE: readonly never[] = [];

export function createMessage(event: MailEvent, id: string): MailMessage {
  return {
    id,
    messageId: event.messageId,
    from: undefined,
    login: undefined,
    sender: undefined,
    senderDomain: undefined,
    authenticated: false,
    subject: undefined,
    headersLogged: false,
    headersAt: Number.POSITIVE_INFINITY,
    automatic: undefined,
    references: NONE,
    tied: false,
    inReplyTo: undefined,
    threadIndex: undefined,
    subjectKey: undefined,
    replySubject: false,
    lists: [],
    hops: [],
    slots: [],
    slotsById: undefined,
    largeTurn: 0,
    sealed: false,
    reach: 0,
    leading: undefined,
    countedAt: event.at,
    fanOut: undefined,
  };
}

/** Folds one event in: a new queue id, or a later word on a known one. Equal or lower revisions change nothing. */
export function addEvent(message: MailMessage, event: MailEvent, limits: MessageLimits): SlotOutcome {
  const known = slotOf(message, event.eventId);
  if (known !== undefined && event.revision <= known.revision) return REPEATED;
  const outcome = known === undefined ? addQueueId(message, event, limits) : reviseQueueId(known, event);
  if (outcome.kind === "repeated" || outcome.kind === "hop-dropped") return outcome;
  learnFacts(message, event);
  learnLists(message, event, limits.listsPerMessageMax);
  message.leading = leadingHop(message);
  message.reach = message.leading?.recipients ?? 0;
  return outcome;
}

/** The same message is meant: From decides, without it the login; who has neither belongs to any. */
export function sameSender(message: MailMessage, event: MailEvent): boolean {
  if (message.from !== undefined && event.from !== undefined) return message.from === event.from;
  if (message.login !== undefined && event.login !== undefined) return message.login === event.login;
  return true;
}

/** Acceptance of the earliest hop that reaches `reach`; where none does (a configured audience), of the first. */
export function messageTime(message: MailMessage, reach: number): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const hop of message.hops) if (hop.recipients >= reach) earliest = Math.min(earliest, hop.firstAt);
  if (earliest !== Number.POSITIVE_INFINITY) return earliest;
  for (const hop of message.hops) earliest = Math.min(earliest, hop.firstAt);
  return earliest;
}

export function slotOf(message: MailMessage, eventId: string): QueueSlot | undefined {
  if (message.slotsById !== undefined) return message.slotsById.get(eventId);
  for (const slot of message.slots) if (slot.eventId === eventId) return slot;
  return undefined;
}

/** Gives up the queue ids of a message one by one; its sums stay. */
export function sealMessage(message: MailMessage): void {
  message.slots = [];
  message.slotsById = undefined;
  message.largeTurn = 0;
  message.sealed = true;
}

/** Room that its newest queue id takes, its lists with the first. */
export function newestWeight(message: MailMessage): number {
  return message.slots.length === 1 ? 1 + message.lists.length : 1;
}

function enterSlot(message: MailMessage, slot: QueueSlot): void {
  // A short array that is made anew holds no room to grow: most messages keep one or two queue ids.
  if (message.slots.length < FEW_SLOTS) message.slots = [...message.slots, slot];
  else message.slots.push(slot);
  if (message.slotsById !== undefined) message.slotsById.set(slot.eventId, slot);
  else if (message.slots.length > FEW_SLOTS) indexSlots(message);
}

/** Finds the queue ids of a message with many of them by their event ids from now on. */
export function indexSlots(message: MailMessage): void {
  message.slotsById = new Map(message.slots.map((known) => [known.eventId, known]));
}

function addQueueId(message: MailMessage, event: MailEvent, limits: MessageLimits): SlotOutcome {
  const hop = hopOf(message, event, limits.hopsPerMessageMax);
  if (hop === undefined) return HOP_DROPPED;
  const single = !message.sealed && hop.queueIds < limits.queueIdsPerHopMax;
  // Beyond the exact set a later word cannot be told from a new queue id: only first words are added.
  if (!single && event.revision > 1) return REPEATED;
  hop.recipients += event.recipients;
  hop.queueIds += 1;
  hop.firstAt = Math.min(hop.firstAt, event.at);
  if (!single) return { kind: "summed", hop };
  const slot: QueueSlot = {
    eventId: event.eventId,
    host: event.host,
    queueId: event.queueId,
    hop,
    revision: event.revision,
    recipients: event.recipients,
    removedAt: event.removedAt ?? Number.POSITIVE_INFINITY,
    place: message.slots.length,
    ...createCountedMinutes(),
  };
  enterSlot(message, slot);
  return { kind: "new", slot, hop };
}

function reviseQueueId(slot: QueueSlot, event: MailEvent): SlotOutcome {
  slot.hop.recipients += event.recipients - slot.recipients;
  slot.hop.firstAt = Math.min(slot.hop.firstAt, event.at);
  slot.recipients = event.recipients;
  slot.revision = event.revision;
  slot.removedAt = event.removedAt ?? Number.POSITIVE_INFINITY;
  return { kind: "revised", slot, hop: slot.hop };
}

function hopOf(message: MailMessage, event: MailEvent, hopsMax: number): HopSum | undefined {
  for (const hop of message.hops) if (hop.hop === event.hop) return hop;
  if (message.hops.length >= hopsMax) return undefined;
  const hop: HopSum = { hop: event.hop, recipients: 0, queueIds: 0, firstAt: event.at };
  message.hops = [...message.hops, hop];
  return hop;
}

function leadingHop(message: MailMessage): HopSum | undefined {
  let leading: HopSum | undefined;
  for (const hop of message.hops) if (leading === undefined || leads(hop, leading)) leading = hop;
  return leading;
}

/** Larger, or as large and earlier: of the hops of a filter the one that takes the mail in, whichever is told first. */
function leads(hop: HopSum, other: HopSum): boolean {
  if (hop.recipients !== other.recipients) return hop.recipients > other.recipients;
  return hop.firstAt === other.firstAt ? hop.hop < other.hop : hop.firstAt < other.firstAt;
}
