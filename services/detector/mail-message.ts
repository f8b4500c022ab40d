// queue ids of one message over its hops -> its reach, its time, and what any hop knows of it.
// A hop is the machine that handed the mail over. Reach is the largest, over hops, of the recipients of its queue ids:
// a second hop adds nothing, chunks of one hop add up.
//
//   hop A: 1 queue id, 3,000 recipients; hop B (a hub, 50 at a time): 60 queue ids of 50   -> reach 3,000
//   hop A: 1 queue id, 1 recipient (the list); hop B: 3,000 queue ids of 1 (VERP)           -> reach 3,000

import type { AutomaticReason, ListEvidence, ListSighting, MailEvent } from "../../shared/domain/mail-event.ts";
import { LIST_EVIDENCE } from "../../shared/domain/mail-event.ts";
import { type CountedMinutes, createCountedMinutes } from "./delivery-ledger.ts";
import type { FanOut } from "./fan-out.ts";

export interface QueueSlot {
  readonly eventId: string;
  readonly host: string;
  readonly queueId: string;
  readonly hop: HopSum;
  revision: number;
  recipients: number;
  removed: boolean;
  readonly counted: CountedMinutes;
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
  references: readonly string[];
  inReplyTo: string | undefined;
  threadIndex: string | undefined;
  subjectKey: string | undefined;
  replySubject: boolean;
  readonly lists: MessageList[];
  readonly hops: HopSum[];
  /** Queue ids one by one, in order of arrival. */
  slots: Map<string, QueueSlot>;
  /** Slots were given up for room: unknown queue ids are only summed. */
  sealed: boolean;
  reach: number;
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
  | { readonly kind: "new" | "revised"; readonly slot: QueueSlot }
  | { readonly kind: "summed" | "repeated" | "hop-dropped" };

const REPEATED: SlotOutcome = { kind: "repeated" };
const SUMMED: SlotOutcome = { kind: "summed" };
const HOP_DROPPED: SlotOutcome = { kind: "hop-dropped" };

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
    references: [],
    inReplyTo: undefined,
    threadIndex: undefined,
    subjectKey: undefined,
    replySubject: false,
    lists: [],
    hops: [],
    slots: new Map(),
    sealed: false,
    reach: 0,
    countedAt: event.at,
    fanOut: undefined,
  };
}

/** Folds one event in: a new queue id, or a later word on a known one. Equal or lower revisions change nothing. */
export function addEvent(message: MailMessage, event: MailEvent, limits: MessageLimits): SlotOutcome {
  const known = message.slots.get(event.eventId);
  if (known !== undefined && event.revision <= known.revision) return REPEATED;
  const outcome = known === undefined ? addQueueId(message, event, limits) : reviseQueueId(known, event);
  if (outcome.kind === "repeated" || outcome.kind === "hop-dropped") return outcome;
  learnFacts(message, event);
  learnLists(message, event, limits.listsPerMessageMax);
  message.reach = largestHop(message);
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

function addQueueId(message: MailMessage, event: MailEvent, limits: MessageLimits): SlotOutcome {
  const hop = hopOf(message, event, limits.hopsPerMessageMax);
  if (hop === undefined) return HOP_DROPPED;
  const single = !message.sealed && hop.queueIds < limits.queueIdsPerHopMax;
  // Beyond the exact set a later word cannot be told from a new queue id: only first words are added.
  if (!single && event.revision > 1) return REPEATED;
  hop.recipients += event.recipients;
  hop.queueIds += 1;
  hop.firstAt = Math.min(hop.firstAt, event.at);
  if (!single) return SUMMED;
  const slot: QueueSlot = {
    eventId: event.eventId,
    host: event.host,
    queueId: event.queueId,
    hop,
    revision: event.revision,
    recipients: event.recipients,
    removed: event.removedAt !== undefined,
    counted: createCountedMinutes(),
  };
  message.slots.set(event.eventId, slot);
  return { kind: "new", slot };
}

function reviseQueueId(slot: QueueSlot, event: MailEvent): SlotOutcome {
  slot.hop.recipients += event.recipients - slot.recipients;
  slot.hop.firstAt = Math.min(slot.hop.firstAt, event.at);
  slot.recipients = event.recipients;
  slot.revision = event.revision;
  slot.removed = event.removedAt !== undefined;
  return { kind: "revised", slot };
}

function hopOf(message: MailMessage, event: MailEvent, hopsMax: number): HopSum | undefined {
  for (const hop of message.hops) if (hop.hop === event.hop) return hop;
  if (message.hops.length >= hopsMax) return undefined;
  const hop: HopSum = { hop: event.hop, recipients: 0, queueIds: 0, firstAt: event.at };
  message.hops.push(hop);
  return hop;
}

function largestHop(message: MailMessage): number {
  let largest = 0;
  for (const hop of message.hops) largest = Math.max(largest, hop.recipients);
  return largest;
}

function learnFacts(message: MailMessage, event: MailEvent): void {
  message.from ??= event.from;
  message.login ??= event.login;
  message.sender ??= event.sender;
  message.senderDomain ??= event.senderDomain;
  message.authenticated ||= event.authenticated;
  message.subject ??= event.subject;
  if (message.references.length === 0) message.references = event.hints.references;
  message.inReplyTo ??= event.hints.inReplyTo;
  message.threadIndex ??= event.hints.threadIndex;
  // "Re:" alone ties nothing together.
  if (event.hints.subjectKey !== "") message.subjectKey ??= event.hints.subjectKey;
  message.replySubject ||= event.hints.replySubject === true;
  learnAutomatic(message, event);
}

/** A list manager marks people's mail as bulk on its way out: the earliest hop with header lines has the word. */
function learnAutomatic(message: MailMessage, event: MailEvent): void {
  if (event.headersLogged && event.at <= message.headersAt) {
    message.headersLogged = true;
    message.headersAt = event.at;
    message.automatic = event.automatic;
  } else if (!message.headersLogged) {
    message.automatic ??= event.automatic;
  }
}

function learnLists(message: MailMessage, event: MailEvent, listsMax: number): void {
  for (const sighting of event.lists) {
    const known = message.lists.find((list) => list.address === sighting.address);
    if (known !== undefined) surer(known, sighting, event);
    else if (message.lists.length < listsMax) {
      message.lists.push({ address: sighting.address, via: sighting.via, recipients: event.recipients, at: event.at });
    }
  }
}

function surer(known: MessageList, sighting: ListSighting, event: MailEvent): void {
  if (LIST_EVIDENCE.indexOf(sighting.via) < LIST_EVIDENCE.indexOf(known.via)) known.via = sighting.via;
  known.recipients = Math.min(known.recipients, event.recipients);
  known.at = Math.min(known.at, event.at);
}
