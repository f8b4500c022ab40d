// MailEvents -> messages (queue ids with one Message-ID and one sender). Most mails have one queue id and few recipients:
// for them there is one small entry and nothing else, counted in the site's window and forgotten.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import { addEvent, createMessage, type MailMessage, sameSender, type SlotOutcome } from "./mail-message.ts";

export interface MessageEntry {
  readonly key: string;
  /** Newest word on the only queue id; undefined once there are `variants`. */
  event: MailEvent | undefined;
  /** Messages under this Message-ID, one a sender. */
  variants: MailMessage[] | undefined;
  lastAt: number;
  /** Event time at which it took its place in the queue of those to forget. */
  queuedAt: number;
  /** Deliveries counted for the only queue id (see CountedMinutes). */
  start: number;
  delivered: number;
  more: number[] | undefined;
  earlier: number;
}

export interface MessageTable {
  readonly entries: Map<string, MessageEntry>;
  /** Walks the entries in order of their place; a fresh walk would step over all that were deleted. */
  walk: Iterator<MessageEntry>;
  head: MessageEntry | undefined;
  fanOuts: number;
  /** Messages with many queue ids, the oldest first, and how many of these are kept one by one. */
  readonly large: Set<MailMessage>;
  largeSlots: number;
}

/** Queue ids a message may have without counting against the bound on all queue ids. */
const FEW_SLOTS = 8;

export function createMessageTable(): MessageTable {
  const entries = new Map<string, MessageEntry>();
  return { entries, walk: entries.values(), head: undefined, fanOuts: 0, large: new Set(), largeSlots: 0 };
}

/** Identity of a message: its Message-ID; a mail without one is a message of its own. */
export function messageKeyOf(event: MailEvent): string {
  return event.messageId ?? event.eventId;
}

/** Enters a first sight of a small mail. */
export function enterSmall(table: MessageTable, key: string, event: MailEvent): MessageEntry {
  const entry: MessageEntry = {
    key,
    event,
    variants: undefined,
    lastAt: event.at,
    queuedAt: event.at,
    start: 0,
    delivered: 0,
    more: undefined,
    earlier: 0,
  };
  table.entries.set(key, entry);
  return entry;
}

/** Turns a small entry into one with messages, so that a second queue id can join. */
export function unfold(entry: MessageEntry, settings: DetectorSettings): MailMessage[] {
  if (entry.variants !== undefined) return entry.variants;
  const variants: MailMessage[] = [];
  entry.variants = variants;
  const event = entry.event;
  if (event === undefined) return variants;
  const message = createMessage(event, entry.key);
  const outcome = addEvent(message, event, settings.bounds);
  if (outcome.kind === "new") {
    const { counted } = outcome.slot;
    counted.start = entry.start;
    counted.delivered = entry.delivered;
    counted.more = entry.more;
    counted.earlier = entry.earlier;
  }
  variants.push(message);
  entry.event = undefined;
  return variants;
}

/** The message an event belongs to; undefined when a further sender has no room. */
export function messageOf(
  variants: MailMessage[],
  event: MailEvent,
  key: string,
  variantsMax: number,
): { readonly message: MailMessage; readonly isNew: boolean } | undefined {
  for (const message of variants) if (message.slots.has(event.eventId)) return { message, isNew: false };
  let found: MailMessage | undefined;
  for (const message of variants) {
    if (event.from !== undefined && message.from === event.from) return { message, isNew: false };
    if (sameSender(message, event)) found = message;
  }
  if (found !== undefined) return { message: found, isNew: false };
  if (variants.length >= variantsMax) return undefined;
  const message = createMessage(event, variants.length === 0 ? key : `${key} ${event.from ?? event.login ?? ""}`);
  variants.push(message);
  return { message, isNew: true };
}

/** Adds an event to its message and keeps account of queue ids kept one by one; the oldest large messages are sealed for room. */
export function addToMessage(
  table: MessageTable,
  message: MailMessage,
  event: MailEvent,
  deps: { readonly settings: DetectorSettings; readonly counters: DetectorCounters },
): SlotOutcome {
  const outcome = addEvent(message, event, deps.settings.bounds);
  if (outcome.kind === "summed") deps.counters.queueIdsSummed += 1;
  if (outcome.kind === "hop-dropped") deps.counters.hopsDropped += 1;
  if (outcome.kind !== "new" || message.slots.size <= FEW_SLOTS) return outcome;
  table.large.add(message);
  table.largeSlots += 1;
  for (const oldest of table.large) {
    if (table.largeSlots <= deps.settings.bounds.queueIdsMax) break;
    seal(table, oldest);
    deps.counters.messagesSealed += 1;
  }
  return outcome;
}

/** Forgets what the time has passed over. `now` is event time. */
export function forgetOld(
  table: MessageTable,
  now: number,
  settings: DetectorSettings,
  counters: DetectorCounters,
): void {
  for (let entry = peek(table); entry !== undefined; entry = peek(table)) {
    if (entry.queuedAt > now - settings.smallMessageKeepMs) return;
    table.head = undefined;
    if (isKept(table, entry, now, settings)) requeue(table, entry, now);
    else if (entry.lastAt > now - settings.smallMessageKeepMs) requeue(table, entry, entry.lastAt);
    else {
      drop(table, entry);
      counters.messagesForgotten += 1;
    }
  }
}

/** Makes room: the oldest small message goes first, one that reached many when there are too many of these. */
export function evictMessages(
  table: MessageTable,
  now: number,
  settings: DetectorSettings,
  counters: DetectorCounters,
): void {
  let spared = 0;
  while (table.entries.size > settings.bounds.messagesMax) {
    const entry = peek(table);
    if (entry === undefined) return;
    table.head = undefined;
    if (spared < table.fanOuts && isKept(table, entry, now, settings)) {
      requeue(table, entry, now);
      spared += 1;
      continue;
    }
    if (hasFanOut(entry)) counters.fanOutsEvicted += 1;
    drop(table, entry);
    counters.messagesEvicted += 1;
  }
}

function peek(table: MessageTable): MessageEntry | undefined {
  if (table.head !== undefined) return table.head;
  let next = table.walk.next();
  if (next.done === true) {
    if (table.entries.size === 0) return undefined;
    table.walk = table.entries.values();
    next = table.walk.next();
  }
  table.head = next.done === true ? undefined : next.value;
  return table.head;
}

function isKept(table: MessageTable, entry: MessageEntry, now: number, settings: DetectorSettings): boolean {
  let kept = false;
  for (const message of entry.variants ?? []) {
    if (message.fanOut === undefined) continue;
    if (message.fanOut.storm?.ended === false) return true;
    kept = true;
  }
  return kept && table.fanOuts <= settings.bounds.fanOutsMax && entry.lastAt > now - settings.fanOutKeepMs;
}

function hasFanOut(entry: MessageEntry): boolean {
  return entry.variants?.some((message) => message.fanOut !== undefined) === true;
}

function requeue(table: MessageTable, entry: MessageEntry, queuedAt: number): void {
  table.entries.delete(entry.key);
  entry.queuedAt = queuedAt;
  table.entries.set(entry.key, entry);
}

function drop(table: MessageTable, entry: MessageEntry): void {
  table.entries.delete(entry.key);
  for (const message of entry.variants ?? []) {
    if (message.fanOut !== undefined) table.fanOuts -= 1;
    seal(table, message);
  }
}

/** Gives up the queue ids of a message; its sums stay. */
function seal(table: MessageTable, message: MailMessage): void {
  if (table.large.delete(message)) table.largeSlots -= message.slots.size - FEW_SLOTS;
  message.slots = new Map();
  message.sealed = true;
}
