// messages that reached many -> the threads of a site and the ids under which each is known.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import type { FanOut } from "./fan-out.ts";
import type { ListState } from "./list-table.ts";
import type { Closeness } from "./nearest-threads.ts";
import { createPostHistory, dropBefore, type PostHistory } from "./post-history.ts";
import { firstScore, type ScoreState, scoreAt } from "./score.ts";
import type { Storm } from "./storm.ts";
import { type Chunked, noteChange, noteChunk } from "./tracked.ts";

export interface Thread extends Chunked {
  readonly kind: "thread";
  readonly key: string;
  /** The earliest message; its writer is the starter. */
  first: FanOut;
  readonly lists: ListState[];
  /** Largest reach of its messages. */
  reach: number;
  replies: PostHistory;
  /** Score before the first reply that is kept one by one. */
  base: ScoreState;
  replyAlls: number;
  peakScore: number;
  lastAt: number;
  /** Messages of late, in order of arrival. */
  messages: FanOut[];
  /** Keys of the id table that point here. */
  ids: string[];
  storm: Storm | undefined;
  /** Storms and watches it has had. */
  episode: number;
  /** End of the last of them; older messages are no evidence for the next. */
  calmSince: number;
  everOpened: boolean;
  nearest: Closeness | undefined;
}

interface IdEntry {
  readonly thread: Thread;
  /** Event time of its last use; subjects expire by it. */
  at: number;
  /** Its place among the thread's ids. */
  readonly place: number;
}

export interface ThreadTable {
  readonly threads: Map<string, Thread>;
  readonly ids: Map<string, IdEntry>;
  /** Threads that hold messages or replies: the few that time has something to take from. */
  readonly recent: Set<Thread>;
  /** Messages kept for threads, over all of them, by weight. */
  messages: number;
}

interface Deps {
  readonly settings: DetectorSettings;
  readonly counters: DetectorCounters;
}

/** Part of the table given up at once when it is full, so that sorting it is rare. */
const EVICTED_SHARE = 0.05;
const LISTS_USUAL = 2;

const IDS_PER_CHUNK = 64;

/** The chunk of a thread's ids in which one is stored. */
export function chunkOfId(place: number): number {
  return Math.floor(place / IDS_PER_CHUNK);
}

/** The ids of a chunk, by their places. */
export function idsOfChunk(thread: Thread, chunk: number): string[] {
  return thread.ids.slice(chunk * IDS_PER_CHUNK, (chunk + 1) * IDS_PER_CHUNK);
}

export function createThreadTable(): ThreadTable {
  return { threads: new Map(), ids: new Map(), recent: new Set(), messages: 0 };
}

/** `kept`: of one that is made again. */
export function createThread(key: string, first: FanOut, kept?: Pick<Thread, "lists" | "replies" | "base">): Thread {
  return {
    kind: "thread",
    changes: first.changes,
    id: 0,
    noted: false,
    stored: false,
    chunksTold: 0,
    chunksChanged: undefined,
    key,
    first,
    lists: kept?.lists ?? [],
    reach: 0,
    replies: kept?.replies ?? createPostHistory(),
    base: kept?.base ?? firstScore(first.at),
    replyAlls: 0,
    peakScore: 0,
    lastAt: first.at,
    messages: [],
    ids: [],
    storm: undefined,
    episode: 0,
    calmSince: Number.NEGATIVE_INFINITY,
    everOpened: false,
    nearest: undefined,
  };
}

/** State of the score after the newest reply. */
export function lastScore(thread: Thread): ScoreState {
  return thread.replies.posts.at(-1)?.after ?? thread.base;
}

/** The thread an id points to, used at `at` or within `keepMs` of it. */
export function threadById(table: ThreadTable, id: string, at: number, keepMs: number): Thread | undefined {
  const entry = table.ids.get(id);
  if (entry === undefined || Math.abs(at - entry.at) > keepMs) return undefined;
  return entry.thread;
}

/** Enters an id for a thread where it is absent or expired; a known one of the same thread is used again. */
export function enterId(
  table: ThreadTable,
  entry: { readonly id: string; readonly thread: Thread; readonly at: number; readonly keepMs: number },
  settings: DetectorSettings,
): "entered" | "known" | "no-room" {
  const { id, thread, at } = entry;
  const known = table.ids.get(id);
  if (known !== undefined && (known.thread === thread || Math.abs(at - known.at) <= entry.keepMs)) {
    if (known.thread === thread && at > known.at) {
      known.at = at;
      // Of an id that never expires nobody asks when it was used.
      if (entry.keepMs !== Number.POSITIVE_INFINITY) noteChunk(thread, chunkOfId(known.place));
    }
    return "known";
  }
  const { idsPerThreadMax, threadIdsMax } = settings.bounds;
  if (thread.ids.length >= idsPerThreadMax || table.ids.size >= threadIdsMax) return "no-room";
  if (known !== undefined) noteChunk(known.thread, chunkOfId(known.place));
  const place = thread.ids.push(id) - 1;
  table.ids.set(id, { thread, at, place });
  noteChunk(thread, chunkOfId(place));
  return "entered";
}

/** Enters a new thread and makes room for it. */
export function enterThread(table: ThreadTable, thread: Thread, watermark: number, deps: Deps): void {
  table.threads.set(thread.key, thread);
  const { threadsMax, threadIdsMax } = deps.settings.bounds;
  if (table.threads.size > threadsMax || table.ids.size >= threadIdsMax) makeRoom(table, thread, watermark, deps);
}

/** Keeps a message for its thread and makes room for it. */
export function keepInThread(table: ThreadTable, thread: Thread, fanOut: FanOut, deps: Deps): void {
  thread.messages.push(fanOut);
  table.recent.add(thread);
  fanOut.weight = Math.max(1, fanOut.lists.length / LISTS_USUAL);
  table.messages += fanOut.weight;
  if (thread.messages.length > deps.settings.bounds.messagesPerThreadMax) {
    table.messages -= thread.messages.shift()?.weight ?? 0;
    deps.counters.threadMessagesDropped += 1;
  }
  if (table.messages > deps.settings.bounds.threadMessagesMax) makeRoom(table, thread, fanOut.at, deps);
}

/** Forgets messages and replies of long ago; the threads, who began them and their scores stay. `now` is event time. */
export function forgetOldMessages(table: ThreadTable, now: number, { settings, counters }: Deps): void {
  const before = now - settings.fanOutKeepMs;
  for (const thread of table.recent) {
    const old = thread.messages.findIndex((fanOut) => fanOut.at >= before);
    const messages = thread.messages.splice(0, old < 0 ? thread.messages.length : old);
    table.messages -= weightOf(messages);
    const replies = dropBefore(thread.replies, before, (post) => {
      thread.base = post.after ?? thread.base;
    });
    counters.repliesTrimmed += replies;
    if (messages.length > 0 || replies > 0) noteChange(thread);
    if (thread.messages.length === 0 && thread.replies.posts.length === 0) table.recent.delete(thread);
  }
}

/** Makes room: the lowest score goes first, then the longest silent; threads of an open storm only when all are; never `kept`. */
function makeRoom(table: ThreadTable, kept: Thread, watermark: number, { settings, counters }: Deps): void {
  const { threadsMax, threadIdsMax, threadMessagesMax } = settings.bounds;
  const { threads, ids } = table;
  const ranked = [...threads.values()]
    .filter((thread) => thread !== kept)
    .map((thread) => ({ thread, score: dangerOf(thread, watermark, settings) }))
    .sort((one, other) => one.score - other.score || one.thread.lastAt - other.thread.lastAt || byKey(one, other));
  const count = Math.max(1, threads.size - threadsMax, Math.floor(ranked.length * EVICTED_SHARE));
  const left = 1 - EVICTED_SHARE;
  for (const [index, { thread }] of ranked.entries()) {
    const roomy = table.messages <= threadMessagesMax * left && ids.size <= threadIdsMax * left;
    if (index >= count && roomy) break;
    forgetThread(table, thread);
    counters.threadsEvicted += 1;
  }
}

function weightOf(messages: readonly FanOut[]): number {
  return messages.reduce((sum, fanOut) => sum + fanOut.weight, 0);
}

function dangerOf(thread: Thread, watermark: number, settings: DetectorSettings): number {
  if (thread.storm !== undefined && !thread.storm.ended) return Number.POSITIVE_INFINITY;
  return scoreAt(lastScore(thread), watermark, settings.kernel);
}

function byKey(one: { readonly thread: Thread }, other: { readonly thread: Thread }): number {
  return one.thread.key < other.thread.key ? -1 : 1;
}

function forgetThread(table: ThreadTable, thread: Thread): void {
  table.threads.delete(thread.key);
  table.recent.delete(thread);
  for (const id of thread.ids) if (table.ids.get(id)?.thread === thread) table.ids.delete(id);
  thread.ids.length = 0;
  // Its messages may live on in lists, and each of them holds the thread.
  table.messages -= weightOf(thread.messages);
  thread.messages = [];
  thread.base = lastScore(thread);
  // What stands in an entry of its own goes when the thread does.
  thread.replies = { ...createPostHistory(), apart: thread.replies.apart };
  noteChange(thread);
}
