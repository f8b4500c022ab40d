// Thread <-> `thread/ID`, with the ids under which it is known, where they are more than a few as `thread/ID/N`, and its replies, where they
// are more than a few as `thread-replies/ID`: a takeover reads every entry there is. Its messages are those that name it, from
// `messagesFrom` on.

import type { FanOut } from "../fan-out.ts";
import { createThread, type Thread, type ThreadTable } from "../thread-table.ts";
import type { Fields } from "./entry-fields.ts";
import { storedHistory, threadPost } from "./history-codec.ts";
import { readScore, storedScore } from "./fan-out-codec.ts";
import type { IdOf, Linked } from "./linked.ts";

const SUBJECT = "s ";
/** Ids that stand with their thread. */
const FEW_IDS = 8;

export function hasIdChunks({ ids }: Thread): boolean {
  return ids.length > FEW_IDS;
}

export function storedThread(thread: Thread, table: ThreadTable, idOf: IdOf): Readonly<Record<string, unknown>> {
  const { messages, storm } = thread;
  return {
    key: thread.key,
    // Messages of a thread that was evicted may still name it.
    evicted: table.threads.get(thread.key) !== thread,
    first: idOf(thread.first),
    lists: thread.lists.map(idOf),
    reach: thread.reach,
    base: storedScore(thread.base),
    replyAlls: thread.replyAlls,
    peakScore: thread.peakScore,
    lastAt: thread.lastAt,
    messagesFrom: messages[0] === undefined ? undefined : idOf(messages[0]),
    ids: hasIdChunks(thread) ? thread.ids.length : storedIds(thread, thread.ids, table),
    replies: thread.replies.apart ? undefined : storedHistory(thread.replies, idOf, threadPost),
    storm: storm === undefined ? undefined : idOf(storm),
    episode: thread.episode,
    calmSince: thread.calmSince,
    everOpened: thread.everOpened,
  };
}

/** Its storm, messages, ids and replies are not linked yet. */
export function readThread(fields: Fields, linked: Linked): Thread {
  const thread = createThread(fields.text("key"), linked.fanOut(fields, fields.number("first")));
  thread.lists.push(...fields.numbers("lists").map((id) => linked.list(fields, id)));
  thread.reach = fields.number("reach");
  thread.base = readScore(fields.object("base"));
  thread.replyAlls = fields.number("replyAlls");
  thread.peakScore = fields.number("peakScore");
  thread.lastAt = fields.number("lastAt");
  thread.episode = fields.number("episode");
  thread.calmSince = fields.time("calmSince", Number.NEGATIVE_INFINITY);
  thread.everOpened = fields.flag("everOpened");
  return thread;
}

/** Rows of an id and whose it is: false when another thread has taken it over; for a subject, when it was used last. */
export function storedIds(thread: Thread, ids: readonly string[], table: ThreadTable): object[] {
  return ids.map((id) => {
    const entry = table.ids.get(id);
    if (entry?.thread !== thread) return [id, false];
    return id.startsWith(SUBJECT) ? [id, true, entry.at] : [id, true];
  });
}

export function readIds(thread: Thread, rows: readonly Fields[], table: ThreadTable): void {
  for (const row of rows) {
    const id = row.text(0);
    const place = thread.ids.push(id) - 1;
    // When an id that never expires was used makes no difference.
    if (row.flag(1)) table.ids.set(id, { thread, at: row.time(2, thread.lastAt), place });
  }
}

/** The messages that name the thread, the eldest first, as far as it still has them. */
export function threadMessages(fields: Fields, named: readonly FanOut[]): FanOut[] {
  const from = fields.time("messagesFrom", Number.POSITIVE_INFINITY);
  return named.filter((fanOut) => fanOut.id >= from);
}
