// MailEvents -> messages (queue ids with one Message-ID and one sender). Most mails have one queue id and few recipients: for
// them there is one flat entry and nothing else, and of the event's own objects only strings are held.
//
// Entries stand in two generations. When the young one fills half the table, or is half an hour old, it becomes the old one
// and what was old is forgotten: no entry is deleted one by one. Messages that reached many stand apart and stay longer.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import {
  addEvent,
  createMessage,
  FEW_SLOTS,
  type MailMessage,
  sameSender,
  sealMessage,
  type SlotOutcome,
  slotOf,
} from "./mail-message.ts";
import { eventOfSmallMail, type SmallMail } from "./small-mail.ts";
import { clearTexts, createTextTable, enterText, findText, keyHash, removeText, type TextTable } from "./text-table.ts";

/** A small mail, or the messages under one Message-ID, one a sender. */
export interface MessageGroup {
  readonly key: string;
  readonly variants: MailMessage[];
  lastAt: number;
}

export interface MessageTable {
  young: TextTable<SmallMail | MessageGroup>;
  old: TextTable<SmallMail | MessageGroup>;
  /** Entered in the young and in the old generation. */
  youngEntered: number;
  oldEntered: number;
  /** Groups with a message that reached many; they go on from generation to generation. */
  readonly fanOuts: Map<string, MessageGroup>;
  /** Event time at which the young generation began. */
  youngSince: number;
  /** Messages with many queue ids, the oldest first, and how many of these are kept one by one. */
  readonly large: Set<MailMessage>;
  largeSlots: number;
}

interface Deps {
  readonly settings: DetectorSettings;
  readonly counters: DetectorCounters;
}

/** Part of the messages that reached many given up at once when there are too many, so that looking for them is rare. */
const EVICTED_SHARE = 0.05;

export function createMessageTable(): MessageTable {
  return {
    young: createTextTable(),
    old: createTextTable(),
    youngEntered: 0,
    oldEntered: 0,
    fanOuts: new Map(),
    youngSince: Number.NEGATIVE_INFINITY,
    large: new Set(),
    largeSlots: 0,
  };
}

/** Identity of a message: its Message-ID; a mail without one is a message of its own. */
export function messageKeyOf(event: MailEvent): string {
  return event.messageId ?? event.eventId;
}

export function findMessages(table: MessageTable, key: string, hash: number): SmallMail | MessageGroup | undefined {
  const young = findText(table.young, key, hash);
  if (young !== undefined) return young;
  const old = findText(table.old, key, hash);
  if (old === undefined) return undefined;
  removeText(table.old, key, hash);
  table.oldEntered -= 1;
  table.youngEntered += 1;
  enterText(table.young, old, hash);
  return old;
}

export function enterMessages(table: MessageTable, entry: SmallMail | MessageGroup, hash: number, deps: Deps): void {
  enterText(table.young, entry, hash);
  table.youngEntered += 1;
  if (table.youngEntered * 2 <= deps.settings.bounds.messagesMax) return;
  deps.counters.messagesEvicted += rotate(table);
}

/** Turns a small mail into a group, so that a second queue id can join. */
export function unfold(table: MessageTable, small: SmallMail, settings: DetectorSettings): MessageGroup {
  const event = eventOfSmallMail(small);
  const key = messageKeyOf(event);
  const message = createMessage(event, key);
  const outcome = addEvent(message, event, settings.bounds);
  if ("slot" in outcome) {
    outcome.slot.start = small.start;
    outcome.slot.delivered = small.delivered;
    outcome.slot.more = small.more;
    outcome.slot.earlier = small.earlier;
  }
  const group: MessageGroup = { key, variants: [message], lastAt: small.lastAt };
  enterText(table.young, group, keyHash(key));
  return group;
}

/** Sets a group apart once a message of it has reached many; gives up old ones when there are too many. */
export function keepFanOut(table: MessageTable, group: MessageGroup, deps: Deps): void {
  if (table.fanOuts.has(group.key)) return;
  table.fanOuts.set(group.key, group);
  const { fanOutsMax } = deps.settings.bounds;
  if (table.fanOuts.size <= fanOutsMax) return;
  let surplus = Math.max(1, Math.floor(fanOutsMax * EVICTED_SHARE));
  for (const candidate of table.fanOuts.values()) {
    if (surplus === 0) return;
    if (candidate === group || (isInStorm(candidate) && table.fanOuts.size < fanOutsMax * 2)) continue;
    dropFanOut(table, candidate);
    deps.counters.fanOutsEvicted += 1;
    surplus -= 1;
  }
}

/** The message an event belongs to; undefined when a further sender has no room. */
export function messageOf(
  group: MessageGroup,
  event: MailEvent,
  variantsMax: number,
): { readonly message: MailMessage; readonly isNew: boolean } | undefined {
  const { variants } = group;
  for (const message of variants) if (slotOf(message, event.eventId) !== undefined) return { message, isNew: false };
  let found: MailMessage | undefined;
  for (const message of variants) {
    if (event.from !== undefined && message.from === event.from) return { message, isNew: false };
    if (sameSender(message, event)) found = message;
  }
  if (found !== undefined) return { message: found, isNew: false };
  if (variants.length >= variantsMax) return undefined;
  const name = variants.length === 0 ? group.key : `${group.key} ${event.from ?? event.login ?? ""}`;
  const message = createMessage(event, name);
  variants.push(message);
  return { message, isNew: true };
}

/** Adds an event to its message and keeps account of queue ids kept one by one; the oldest large messages are sealed for room. */
export function addToMessage(table: MessageTable, message: MailMessage, event: MailEvent, deps: Deps): SlotOutcome {
  const outcome = addEvent(message, event, deps.settings.bounds);
  if (outcome.kind === "summed") deps.counters.queueIdsSummed += 1;
  if (outcome.kind === "hop-dropped") deps.counters.hopsDropped += 1;
  if (outcome.kind !== "new" || message.slots.length <= FEW_SLOTS) return outcome;
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
export function forgetOld(table: MessageTable, now: number, deps: Deps): void {
  const { smallMessageKeepMs, fanOutKeepMs } = deps.settings;
  if (table.youngSince === Number.NEGATIVE_INFINITY) table.youngSince = now;
  if (now < table.youngSince + smallMessageKeepMs) return;
  table.youngSince = now;
  deps.counters.messagesForgotten += rotate(table);
  for (const group of table.fanOuts.values()) {
    if (group.lastAt > now - fanOutKeepMs || isInStorm(group)) continue;
    dropFanOut(table, group);
    deps.counters.messagesForgotten += 1;
  }
}

/** Forgets the old generation; returns how many messages that were. */
function rotate(table: MessageTable): number {
  for (const message of table.large) {
    if (message.fanOut === undefined && findText(table.old, message.id, keyHash(message.id)) !== undefined) {
      seal(table, message);
    }
  }
  const forgotten = Math.max(0, table.oldEntered);
  const emptied = table.old;
  clearTexts(emptied);
  table.old = table.young;
  table.oldEntered = table.youngEntered;
  table.young = emptied;
  table.youngEntered = 0;
  for (const group of table.fanOuts.values()) {
    const hash = keyHash(group.key);
    if (findText(table.old, group.key, hash) === undefined) continue;
    removeText(table.old, group.key, hash);
    enterText(table.young, group, hash);
    table.oldEntered = Math.max(0, table.oldEntered - 1);
  }
  return forgotten;
}

function isInStorm(group: MessageGroup): boolean {
  return group.variants.some((message) => message.fanOut?.storm?.ended === false);
}

function dropFanOut(table: MessageTable, group: MessageGroup): void {
  table.fanOuts.delete(group.key);
  const hash = keyHash(group.key);
  removeText(table.young, group.key, hash);
  removeText(table.old, group.key, hash);
  for (const message of group.variants) seal(table, message);
}

/** Gives up the queue ids of a message; its sums stay. */
function seal(table: MessageTable, message: MailMessage): void {
  if (table.large.delete(message)) table.largeSlots -= message.slots.length - FEW_SLOTS;
  sealMessage(message);
}
