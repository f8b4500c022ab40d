// MailEvents -> messages (queue ids with one Message-ID and one sender). Most mails have one queue id and few recipients: they
// are kept as bytes (small-mail-store.ts), and become a group when a second queue id or sender comes.
//
// Both stand in two generations. When the young one fills half the table, or is half an hour old, it becomes the old one
// and what was old is forgotten: nothing is deleted one by one. Messages that reached many stand apart and stay longer.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import { enterHash, renewHashes } from "./group-hashes.ts";
import { addEvent, createMessage, FEW_SLOTS, type MailMessage, newestWeight } from "./mail-message.ts";
import { seal } from "./large-messages.ts";
import { closeMessage, isInStorm, type MessageGroup } from "./message-group.ts";
import { type Changes, noteChange, noteGone } from "./tracked.ts";
import { PackedMailStore } from "./packed-mail-store.ts";
import type { SmallMailEntry } from "./small-mail.ts";
import { SmallMailNews } from "./small-mail-news.ts";
import { SmallMailStore } from "./small-mail-store.ts";

export interface MessageTable {
  /** Mails with one queue id and few recipients, in two generations. */
  readonly small: SmallMailStore;
  /** The same, of those that came packed. */
  readonly packed: PackedMailStore;
  /** What changes of both; undefined when nobody asks. */
  readonly news: SmallMailNews | undefined;
  /** Hashes of the keys of all groups, and perhaps of some that are gone. */
  groupHashes: Set<number>;
  /** Groups with a second queue id or sender that have not reached many, in the same two generations. */
  young: Map<string, MessageGroup>;
  old: Map<string, MessageGroup>;
  /** Of the young groups together. */
  youngWeight: number;
  /** Groups with a message that reached many; they go on from generation to generation. */
  readonly fanOuts: Map<string, MessageGroup>;
  fanOutWeight: number;
  /** Number of these at which it is worth looking for some to give up; 0: as soon as there are too many. */
  lookedAtSize: number;
  /** Event time at which the young generation began, and its number. */
  youngSince: number;
  generation: number;
  /** Turns given to groups that reached many and to messages with many queue ids. */
  turns: number;
  /** Messages with many queue ids, the oldest first, with their groups, and how many of these are kept one by one. */
  readonly large: Map<MailMessage, MessageGroup>;
  largeSlots: number;
  readonly changes: Changes | undefined;
}

interface Deps {
  readonly settings: DetectorSettings;
  readonly counters: DetectorCounters;
}

/** Part of the messages that reached many given up at once when there are too many, so that looking for them is rare. */
const EVICTED_SHARE = 0.05;
/** What mails take on the average: those with very long ids and header lines fill a table before it holds its number. */
const SMALL_MAIL_BYTES = 640;
const FAN_OUT_WEIGHT = 3;

export function createMessageTable(changes?: Changes): MessageTable {
  return {
    small: new SmallMailStore(),
    news: changes?.keepsMails === true ? new SmallMailNews() : undefined,
    packed: new PackedMailStore(),
    groupHashes: new Set(),
    young: new Map(),
    old: new Map(),
    youngWeight: 0,
    fanOuts: new Map(),
    fanOutWeight: 0,
    lookedAtSize: 0,
    youngSince: Number.NEGATIVE_INFINITY,
    generation: 0,
    turns: 0,
    large: new Map(),
    largeSlots: 0,
    changes,
  };
}

/** A group without messages, in no table yet. */
export function createGroup(table: MessageTable, key: string): MessageGroup {
  return {
    kind: "group",
    changes: table.changes,
    id: 0,
    noted: false,
    stored: false,
    key,
    variants: [],
    lastAt: Number.NEGATIVE_INFINITY,
    weight: 0,
    generation: table.generation,
    fanOutTurn: 0,
  };
}

export function findGroup(table: MessageTable, key: string): MessageGroup | undefined {
  const found = table.fanOuts.get(key) ?? table.young.get(key);
  if (found !== undefined) return found;
  const old = table.old.get(key);
  if (old === undefined) return undefined;
  table.old.delete(key);
  setYoung(table, old);
  table.youngWeight += old.weight;
  return old;
}

function setYoung(table: MessageTable, group: MessageGroup): void {
  table.young.set(group.key, group);
  group.generation = table.generation;
  noteChange(group);
}

export function enterGroup(table: MessageTable, group: MessageGroup, deps: Deps): void {
  setYoung(table, group);
  enterHash(table, group.key);
  makeRoom(table, deps);
}

/** Keeps a small mail; as a group where it finds no place among the small ones. */
export function keepSmall(table: MessageTable, entry: SmallMailEntry, deps: Deps): void {
  if (table.small.put(entry)) table.news?.kept(entry);
  else unfold(table, entry, deps.settings);
  makeRoom(table, deps);
}

export function makeRoom(table: MessageTable, { settings, counters }: Deps): void {
  const { small, packed } = table;
  const young = packed.youngSize + small.youngSize + Math.max(table.young.size, table.youngWeight);
  const smallBytes = packed.youngBytes + small.youngBytes;
  const full = Math.max(young, smallBytes / SMALL_MAIL_BYTES) * 2 > settings.bounds.messagesMax;
  if (full) counters.messagesEvicted += rotate(table);
}

/** Turns a small mail into a group, so that a second queue id can join. */
export function unfold(
  table: MessageTable,
  { event, key, counts }: Omit<SmallMailEntry, "hash">,
  settings: DetectorSettings,
): MessageGroup {
  const first: MailEvent = { ...event, minutes: [], earlier: undefined };
  const message = createMessage(first, key);
  const outcome = addEvent(message, first, settings.bounds);
  if ("slot" in outcome) {
    outcome.slot.start = counts.start;
    outcome.slot.delivered = counts.delivered;
    outcome.slot.more = counts.more;
    outcome.slot.earlier = counts.earlier;
  }
  const group = createGroup(table, key);
  group.variants.push(message);
  group.lastAt = counts.lastAt;
  group.weight = newestWeight(message);
  setYoung(table, group);
  table.youngWeight += group.weight;
  enterHash(table, key);
  return group;
}

/** Sets a group apart once a message of it has reached many; gives up old ones when there are too many. */
export function keepFanOut(table: MessageTable, group: MessageGroup, deps: Deps): void {
  if (!table.fanOuts.has(group.key)) {
    table.fanOuts.set(group.key, group);
    table.turns += 1;
    group.fanOutTurn = table.turns;
    noteChange(group);
    table.fanOutWeight += group.weight;
    if (table.young.delete(group.key)) table.youngWeight -= group.weight;
    table.old.delete(group.key);
  }
  const { fanOutsMax } = deps.settings.bounds;
  if (fanOutSize(table) <= Math.max(fanOutsMax, table.lookedAtSize)) return;
  const share = Math.max(1, Math.floor(fanOutsMax * EVICTED_SHARE));
  const stormsStay = fanOutSize(table) < fanOutsMax * 2;
  let surplus = share;
  for (const candidate of table.fanOuts.values()) {
    if (surplus === 0) break;
    if (candidate === group || (stormsStay && isInStorm(candidate))) continue;
    dropFanOut(table, candidate);
    deps.counters.fanOutsEvicted += 1;
    surplus -= 1;
  }
  // Where storms hold nearly all of them, little can go: the next look waits until there are so many more.
  table.lookedAtSize = surplus === 0 ? 0 : Math.min(fanOutSize(table) + share, fanOutsMax * 2 - 1);
}

/** Messages that reached many, in such as have as many queue ids and lists as is usual. */
function fanOutSize(table: MessageTable): number {
  return Math.max(table.fanOuts.size, table.fanOutWeight / FAN_OUT_WEIGHT);
}

/** Notes that a group has one more queue id, which may take the place of older groups. */
export function noteQueueId(table: MessageTable, group: MessageGroup, message: MailMessage, deps: Deps): void {
  if (message.slots.length > FEW_SLOTS) return;
  const weight = newestWeight(message);
  group.weight += weight;
  if (table.fanOuts.has(group.key)) {
    table.fanOutWeight += weight;
    return;
  }
  table.youngWeight += weight;
  makeRoom(table, deps);
}

/** Forgets what the time has passed over, every half hour; true when it was time. `now` is event time. */
export function forgetOld(table: MessageTable, now: number, deps: Deps): boolean {
  const { smallMessageKeepMs, fanOutKeepMs } = deps.settings;
  if (table.youngSince === Number.NEGATIVE_INFINITY) table.youngSince = now;
  if (now < table.youngSince + smallMessageKeepMs) return false;
  table.youngSince = now;
  deps.counters.messagesForgotten += rotate(table);
  for (const group of table.fanOuts.values()) {
    if (group.lastAt > now - fanOutKeepMs || isInStorm(group)) continue;
    dropFanOut(table, group);
    deps.counters.messagesForgotten += 1;
  }
  return true;
}

/** Forgets the old generation; returns how many messages that were. */
function rotate(table: MessageTable): number {
  for (const group of table.old.values()) {
    noteGone(group);
    for (const message of group.variants) seal(table, message);
  }
  table.news?.rotate();
  const forgotten = table.small.rotate() + table.packed.rotate() + table.old.size;
  table.old = table.young;
  table.young = new Map();
  table.youngWeight = 0;
  table.generation += 1;
  renewHashes(table);
  return forgotten;
}

function dropFanOut(table: MessageTable, group: MessageGroup): void {
  table.fanOuts.delete(group.key);
  noteGone(group);
  table.fanOutWeight -= group.weight;
  for (const message of group.variants) {
    seal(table, message);
    closeMessage(message);
  }
}
