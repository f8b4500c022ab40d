// a message that reached many -> its thread, and which hint decided. Decided once and kept; threads never merge.
//
//   looked up in this order                      entered for the thread afterwards, where absent
//   1 first of References                        all References
//   2 In-Reply-To                                In-Reply-To
//   3 own Message-ID (somebody referred to it)   own Message-ID
//   4 Thread-Index conversation                  Thread-Index conversation
//   5 subject within a list, replies only        subject within each of its lists, replies or not
//   none known: a new thread, keyed by 1, else 2, else 3, else the event id

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import type { FanOut } from "./fan-out.ts";
import { createThread, enterId, enterThread, type Thread, threadById, type ThreadTable } from "./thread-table.ts";

/** Which hint decided; `new` when none was known. */
export const THREAD_HINTS = ["references", "in-reply-to", "message-id", "thread-index", "subject", "new"] as const;
export type ThreadHint = (typeof THREAD_HINTS)[number];

export interface Resolution {
  readonly thread: Thread;
  readonly hint: ThreadHint;
}

interface Clue {
  readonly id: string;
  readonly hint: ThreadHint;
  readonly keepMs: number;
}

const FOREVER_MS = Number.POSITIVE_INFINITY;

export function resolveThread(
  table: ThreadTable,
  fanOut: FanOut,
  settings: DetectorSettings,
  counters: DetectorCounters,
): Resolution {
  for (const clue of clues(fanOut, settings)) {
    const thread = threadById(table, clue.id, fanOut.at, clue.keepMs);
    if (thread === undefined) continue;
    enterIds(table, thread, fanOut, { settings, counters });
    return { thread, hint: clue.hint };
  }
  const key = newKey(fanOut);
  const known = table.threads.get(key);
  const thread = known ?? createThread(key, fanOut);
  enterThread(table, thread, fanOut.at, { settings, counters });
  enterIds(table, thread, fanOut, { settings, counters });
  return { thread, hint: known === undefined ? "new" : "references" };
}

/** Enters the subject under a list that became known after the thread was decided. */
export function enterSubject(table: ThreadTable, fanOut: FanOut, address: string, settings: DetectorSettings): void {
  const { thread, message } = fanOut;
  if (thread === undefined || message.subjectKey === undefined) return;
  const id = subjectId(address, message.subjectKey);
  enterId(table, { id, thread, at: fanOut.at, keepMs: settings.subjectKeepMs }, settings);
}

/** A header says that the message belongs to a conversation. */
export function isTied(fanOut: FanOut): boolean {
  const { message } = fanOut;
  return message.tied || fanOut.hint === "thread-index";
}

function newKey(fanOut: FanOut): string {
  const { message } = fanOut;
  return message.references[0] ?? message.inReplyTo ?? message.id;
}

function clues(fanOut: FanOut, settings: DetectorSettings): Clue[] {
  const { message } = fanOut;
  const found: Clue[] = [];
  const [root] = message.references;
  if (root !== undefined) found.push({ id: messageKey(root), hint: "references", keepMs: FOREVER_MS });
  if (message.inReplyTo !== undefined) {
    found.push({ id: messageKey(message.inReplyTo), hint: "in-reply-to", keepMs: FOREVER_MS });
  }
  if (message.messageId !== undefined) {
    found.push({ id: messageKey(message.messageId), hint: "message-id", keepMs: FOREVER_MS });
  }
  if (message.threadIndex !== undefined) {
    found.push({ id: conversationKey(message.threadIndex), hint: "thread-index", keepMs: FOREVER_MS });
  }
  if (message.replySubject && message.subjectKey !== undefined) {
    for (const { list } of fanOut.lists) {
      const id = subjectId(list.address, message.subjectKey);
      found.push({ id, hint: "subject", keepMs: settings.subjectKeepMs });
    }
  }
  return found;
}

function enterIds(
  table: ThreadTable,
  thread: Thread,
  fanOut: FanOut,
  deps: { readonly settings: DetectorSettings; readonly counters: DetectorCounters },
): void {
  const { message, at } = fanOut;
  const ids = message.references.map(messageKey);
  if (message.inReplyTo !== undefined) ids.push(messageKey(message.inReplyTo));
  ids.push(messageKey(message.id));
  if (message.threadIndex !== undefined) ids.push(conversationKey(message.threadIndex));
  for (const id of ids) enter(id, FOREVER_MS);
  if (message.subjectKey === undefined) return;
  for (const { list } of fanOut.lists) enter(subjectId(list.address, message.subjectKey), deps.settings.subjectKeepMs);

  function enter(id: string, keepMs: number): void {
    if (enterId(table, { id, thread, at, keepMs }, deps.settings) === "no-room") deps.counters.threadIdsDropped += 1;
  }
}

function messageKey(id: string): string {
  return `m ${id}`;
}

function conversationKey(threadIndex: string): string {
  return `c ${threadIndex}`;
}

function subjectId(address: string, subjectKey: string): string {
  return `s ${address} ${subjectKey}`;
}
