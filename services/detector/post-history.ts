// posts of one thread or list -> the same, sorted by time, each with the identity it counts under.
// One replier is one identity within an hour: the person, or the one under whom the envelope sender, or a machine outside that
// counts as one, was first used, so that a forger with many From addresses stays one replier. A late post is put in its place and what
// follows is settled again; the result depends on the posts alone, not on the order of their arrival.

import type { FanOut } from "./fan-out.ts";
import { forgetPast, PAST_FEW, rememberPast } from "./post-past.ts";
import { isStarters, noteLast, recountPeople, timesBefore } from "./post-people.ts";
import type { ScoreState } from "./score.ts";
import { noteChange } from "./tracked.ts";

export interface Post {
  readonly at: number;
  readonly person: string;
  /** What it shares with other names of the same replier: the envelope sender, a machine outside. */
  sources: readonly string[];
  /** Evidence of who wrote, decided when the post arrived. */
  readonly mark: number;
  readonly fanOut: FanOut;
  identity: string;
  /** Event time of the post before it of this identity, dropped ones included; negative infinity when none is known. */
  previousAt: number;
  /** First post of this identity within the hour: it counts. */
  distinct: boolean;
  timing: number;
  pause: number;
  /** Thread posts only: the score after it. */
  after: ScoreState | undefined;
}

export interface Trace {
  readonly identity: string;
  readonly at: number;
}

export interface Past {
  readonly identities: Map<string, number>;
  readonly sources: Map<string, Trace>;
}

export interface PostHistory {
  readonly posts: Post[];
  /** Event times, ascending, of the last post of each identity but the starter, dropped posts included: so that counting the
   *  people since a time is a search, however many they are. */
  lastTimes: number[];
  /** What is still needed of posts that were dropped from the front. */
  past: Past | undefined;
  /** Time of the last dropped post; later ones cannot be put before it. */
  pastUntil: number;
  /** Number of past identities or sources at which it is worth looking for some to forget. */
  forgetAtSize: number;
  /** Who began the thread: never a replier, under no From address from the same source. */
  starter: Starter | undefined;
  /** Changed since it was last told; whoever changes it notes its thread or list. */
  touched: boolean;
  /** Told in an entry of its own: it has been long. */
  apart: boolean;
}

export interface Starter {
  readonly person: string | undefined;
  readonly sources: readonly string[];
  readonly at: number;
}

export interface HistoryLimits {
  readonly distinctMs: number;
  readonly postsMax: number;
}

export function createPostHistory(posts: Post[] = []): PostHistory {
  return {
    posts,
    lastTimes: [],
    past: undefined,
    pastUntil: Number.NEGATIVE_INFINITY,
    forgetAtSize: PAST_FEW,
    starter: undefined,
    touched: true,
    apart: false,
  };
}

export function createPost(fanOut: FanOut, person: string, mark: number): Post {
  return {
    at: fanOut.at,
    person,
    sources: sourcesOf(fanOut),
    mark,
    fanOut,
    identity: person,
    previousAt: Number.NEGATIVE_INFINITY,
    distinct: true,
    timing: 0,
    pause: 0,
    after: undefined,
  };
}

/** What ties the names together under which one replier writes. */
export function sourcesOf({ message, soleClient }: FanOut): readonly string[] {
  return [message.sender, soleClient].filter((source) => source !== undefined);
}

/** Puts a post in its place. Returns its index, or -1 when it is older than what is kept. Posts from there on are settled again. */
export function insertPost(history: PostHistory, post: Post, limits: HistoryLimits): number {
  if (post.at < history.pastUntil) return -1;
  const posts = history.posts;
  let index = posts.length;
  while (index > 0 && follows(posts[index - 1], post)) index -= 1;
  posts.splice(index, 0, post);
  history.touched = true;
  noteChange(post.fanOut);
  settle(history, index, limits.distinctMs);
  if (settleFrom(history, index + 1, limits.distinctMs)) recountPeople(history);
  else noteLast(history, index);
  return index;
}

/** Decides again under which identity every post counts: the starter has changed. */
export function settlePosts(history: PostHistory, distinctMs: number): void {
  settleFrom(history, 0, distinctMs);
  recountPeople(history);
  history.touched = true;
}

/** Decides the same again from a message on, after more became known of its sources. Returns the index of its post, or -1. */
export function settleMessage(history: PostHistory, fanOut: FanOut, distinctMs: number): number {
  const index = history.posts.findLastIndex((post) => post.fanOut === fanOut);
  const post = history.posts[index];
  if (post === undefined) return -1;
  post.sources = sourcesOf(fanOut);
  history.touched = true;
  if (settleFrom(history, index, distinctMs)) recountPeople(history);
  return index;
}

/** Drops the oldest posts over the limit; returns how many. The last of them is handed to `onDrop` for its score. */
export function trimHistory(history: PostHistory, limits: HistoryLimits, onDrop: (post: Post) => void): number {
  let dropped = 0;
  while (history.posts.length > limits.postsMax) {
    const post = history.posts.shift();
    if (post === undefined) break;
    history.pastUntil = post.at;
    rememberPast(history, post);
    onDrop(post);
    dropped += 1;
  }
  if (dropped > 0) forgetPast(history, limits);
  history.touched ||= dropped > 0;
  return dropped;
}

/** Drops the posts before a time to which nothing looks back any more; returns how many, each handed to `onDrop`. */
export function dropBefore(history: PostHistory, before: number, onDrop: (post: Post) => void): number {
  const { posts } = history;
  let dropped = 0;
  while ((posts[dropped]?.at ?? before) < before) dropped += 1;
  if (dropped === 0) return 0;
  for (const post of posts.splice(0, dropped)) {
    history.pastUntil = post.at;
    onDrop(post);
  }
  history.past = undefined;
  history.touched = true;
  history.forgetAtSize = PAST_FEW;
  history.lastTimes.splice(0, timesBefore(history.lastTimes, before));
  return dropped;
}

function follows(earlier: Post | undefined, post: Post): boolean {
  if (earlier === undefined || earlier.at !== post.at) return earlier !== undefined && earlier.at > post.at;
  if (earlier.person !== post.person) return earlier.person > post.person;
  return earlier.fanOut.message.id > post.fanOut.message.id;
}

/** Settles the posts from `index` on, which were settled before. True when one has another identity now. */
function settleFrom(history: PostHistory, index: number, distinctMs: number): boolean {
  let changed = false;
  for (let next = index; next < history.posts.length; next += 1) {
    if (settle(history, next, distinctMs)) changed = true;
  }
  return changed;
}

function settle(history: PostHistory, index: number, distinctMs: number): boolean {
  const post = history.posts[index];
  if (post === undefined) return false;
  const { identity: before, previousAt, distinct } = post;
  post.identity = identityOf(history, index, post, distinctMs);
  post.previousAt = previousTime(history, index, post.identity);
  post.distinct = !isStarters(history, post) && post.at - post.previousAt >= distinctMs;
  const same = post.identity === before && post.previousAt === previousAt && post.distinct === distinct;
  if (!same) noteChange(post.fanOut);
  return post.identity !== before;
}

function identityOf(history: PostHistory, index: number, post: Post, distinctMs: number): string {
  const sources = post.sources.filter((source) => source !== post.person);
  if (sources.length === 0) return post.person;
  for (let position = index - 1; position >= 0; position -= 1) {
    const earlier = history.posts[position];
    if (earlier === undefined || post.at - earlier.at >= distinctMs) break;
    if (earlier.sources.some((source) => sources.includes(source))) return earlier.identity;
  }
  for (const source of sources) {
    const past = history.past?.sources.get(source) ?? starterTrace(history.starter, source);
    if (past !== undefined && post.at - past.at < distinctMs) return past.identity;
  }
  return post.person;
}

function starterTrace(starter: Starter | undefined, source: string): Trace | undefined {
  if (starter?.person === undefined || !starter.sources.includes(source)) return undefined;
  return { identity: starter.person, at: starter.at };
}

function previousTime(history: PostHistory, index: number, identity: string): number {
  for (let position = index - 1; position >= 0; position -= 1) {
    const earlier = history.posts[position];
    if (earlier?.identity === identity) return earlier.at;
  }
  return history.past?.identities.get(identity) ?? Number.NEGATIVE_INFINITY;
}
