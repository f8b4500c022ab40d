// Thread <-> `thread/ID`, with the ids under which it is known, where they are more than a few as `thread/ID/N`, and its replies, where they
// are more than a few as `thread-replies/ID`: a takeover reads every entry there is. Its messages are those that name it, from
// `messagesFrom` on.

import type { FanOut } from "../fan-out.ts";
import type { PostHistory } from "../post-history.ts";
import { createThread, type Thread, type ThreadTable } from "../thread-table.ts";
import type { RowReader, RowWriter } from "./entry-row.ts";
import { readScore, writeScore } from "./fan-out-codec.ts";
import { readHistory, threadPost, writeHistory } from "./history-codec.ts";
import type { IdOf, Linked } from "./linked.ts";

const SUBJECT = "s ";
/** Ids that stand with their thread. */
const FEW_IDS = 8;

export function hasIdChunks({ ids }: Thread): boolean {
  return ids.length > FEW_IDS;
}

export function writeThread(row: RowWriter, thread: Thread, table: ThreadTable, idOf: IdOf): void {
  const { messages, storm, replies } = thread;
  row.text(thread.key);
  row.number(idOf(thread.first));
  row.time(thread.lastAt);
  row.flag(replies.apart);
  if (!replies.apart) writeHistory(row, replies, idOf, threadPost);
  row.list(thread.lists, (list) => row.number(idOf(list)));
  writeScore(row, thread.base);
  row.number(thread.reach);
  row.number(thread.replyAlls);
  row.number(thread.peakScore);
  row.number(thread.episode);
  row.time(thread.calmSince);
  row.flag(thread.everOpened);
  // Messages of a thread that was evicted may still name it.
  row.flag(table.threads.get(thread.key) !== thread);
  row.number(messages[0] === undefined ? 0 : idOf(messages[0]));
  row.number(storm === undefined ? 0 : idOf(storm));
  row.flag(hasIdChunks(thread));
  if (hasIdChunks(thread)) row.number(thread.ids.length);
  else writeIds(row, thread, thread.ids, table);
}

export interface ThreadNames {
  readonly evicted: boolean;
  /** Number of the eldest of its messages, and of its storm; 0: none. */
  readonly messagesFrom: number;
  readonly storm: number;
}

/** A thread whose storm, messages and ids are not linked yet; the ids follow in the row. */
export function readThread(
  row: RowReader,
  linked: Linked,
  repliesApart: () => PostHistory,
): { readonly thread: Thread; readonly names: ThreadNames } {
  const key = row.text("key");
  const first = linked.fanOut(row, row.number("first"));
  const lastAt = row.time("lastAt");
  const replies = row.flag("replies apart") ? repliesApart() : readHistory(row, linked, threadPost);
  const lists = row.list("lists", () => linked.list(row, row.number("list")));
  const thread = createThread(key, first, { lists, replies, base: readScore(row) });
  thread.lastAt = lastAt;
  thread.reach = row.number("reach");
  thread.replyAlls = row.number("replyAlls");
  thread.peakScore = row.number("peakScore");
  thread.episode = row.number("episode");
  thread.calmSince = row.time("calmSince", Number.NEGATIVE_INFINITY);
  thread.everOpened = row.flag("everOpened");
  const evicted = row.flag("evicted");
  return { thread, names: { evicted, messagesFrom: row.number("messagesFrom"), storm: row.number("storm") } };
}

/** Ids, and whether each is the thread's, or has been taken over by another; for a subject, when it was used last. */
export function writeIds(row: RowWriter, thread: Thread, ids: readonly string[], table: ThreadTable): void {
  row.list(ids, (id) => {
    const entry = table.ids.get(id);
    const own = entry?.thread === thread;
    row.text(id);
    row.flag(own);
    if (own && id.startsWith(SUBJECT)) row.time(entry.at);
  });
}

/** Reads the id at a place of a thread's. */
export function readId(row: RowReader, place: number, thread: Thread, ids: ThreadTable["ids"]): string {
  const id = row.text("id");
  if (!row.flag("own")) return id;
  // When an id that never expires was used makes no difference.
  const at = id.startsWith(SUBJECT) ? row.time("usedAt") : thread.lastAt;
  ids.set(id, { thread, at, place });
  return id;
}

/** Of the messages that name the thread, in the order of their numbers, those that it still has. */
export function threadMessages(from: number, named: FanOut[]): FanOut[] {
  const first = from === 0 ? -1 : named.findIndex((fanOut) => fanOut.id >= from);
  if (first < 0) return [];
  return first === 0 ? named : named.slice(first);
}
