// posts of one thread or list -> the same, sorted by time, each with the identity it counts under.
// One replier is one identity within an hour: the person, or the one under whom the envelope sender, or a machine outside that
// counts as one, was first used, so that a forger with many From addresses stays one replier. A late post is put in its place and what
// follows is settled again; the result depends on the posts alone, not on the order of their arrival.

import type { FanOut } from "./fan-out.ts";
import type { ScoreState } from "./score.ts";

export interface Post {
  readonly at: number;
  readonly person: string;
  /** What it shares with other names of the same replier: the envelope sender, a machine outside. */
  sources: readonly string[];
  /** Evidence of who wrote, decided when the post arrived. */
  readonly mark: number;
  readonly fanOut: FanOut;
  identity: string;
  /** First post of this identity within the hour: it counts. */
  distinct: boolean;
  timing: number;
  pause: number;
  /** Thread posts only: the score after it. */
  after: ScoreState | undefined;
}

interface Trace {
  readonly identity: string;
  readonly at: number;
}

export interface PostHistory {
  readonly posts: Post[];
  /** What is still needed of posts that were dropped from the front. */
  readonly pastIdentities: Map<string, number>;
  readonly pastSources: Map<string, Trace>;
  /** Time of the last dropped post; later ones cannot be put before it. */
  pastUntil: number;
  /** Who began the thread: never a replier, under no From address from the same source. */
  starter: Starter | undefined;
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

/** Most identities kept of posts that were dropped: more people than that an hour are a storm in any case. */
const PAST_MAX = 4096;

export function createPostHistory(): PostHistory {
  return {
    posts: [],
    pastIdentities: new Map(),
    pastSources: new Map(),
    pastUntil: Number.NEGATIVE_INFINITY,
    starter: undefined,
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
  settlePosts(history, index, limits.distinctMs);
  return index;
}

/** Decides again under which identity the posts from `index` on count. */
export function settlePosts(history: PostHistory, index: number, distinctMs: number): void {
  for (let next = index; next < history.posts.length; next += 1) settle(history, next, distinctMs);
}

/** Drops the oldest posts over the limit; returns how many. The last of them is handed to `onDrop` for its score. */
export function trimHistory(history: PostHistory, limits: HistoryLimits, onDrop: (post: Post) => void): number {
  let dropped = 0;
  while (history.posts.length > limits.postsMax) {
    const post = history.posts.shift();
    if (post === undefined) break;
    history.pastUntil = post.at;
    history.pastIdentities.delete(post.identity);
    history.pastIdentities.set(post.identity, post.at);
    for (const source of post.sources) {
      history.pastSources.delete(source);
      history.pastSources.set(source, { identity: post.identity, at: post.at });
    }
    onDrop(post);
    dropped += 1;
  }
  if (dropped > 0) forgetPast(history, limits.distinctMs);
  return dropped;
}

/** Distinct identities among posts of (from, at of the post at `index`], the past included. */
export function distinctPeople(
  history: PostHistory,
  index: number,
  from: number,
  eligible?: (post: Post) => boolean,
): number {
  const seen = new Set<string>();
  let position = index;
  for (; position >= 0; position -= 1) {
    const post = history.posts[position];
    if (post === undefined || post.at < from) break;
    if (eligible === undefined || eligible(post)) seen.add(post.identity);
  }
  if (position < 0 && eligible === undefined) {
    for (const [identity, at] of history.pastIdentities) if (at >= from) seen.add(identity);
  }
  if (history.starter?.person !== undefined) seen.delete(history.starter.person);
  return seen.size;
}

function follows(earlier: Post | undefined, post: Post): boolean {
  if (earlier === undefined || earlier.at !== post.at) return earlier !== undefined && earlier.at > post.at;
  if (earlier.person !== post.person) return earlier.person > post.person;
  return earlier.fanOut.message.id > post.fanOut.message.id;
}

function settle(history: PostHistory, index: number, distinctMs: number): void {
  const post = history.posts[index];
  if (post === undefined) return;
  post.identity = identityOf(history, index, post, distinctMs);
  post.distinct = !seenWithin(history, index, post, distinctMs);
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
    const past = history.pastSources.get(source) ?? starterTrace(history.starter, source);
    if (past !== undefined && post.at - past.at < distinctMs) return past.identity;
  }
  return post.person;
}

function starterTrace(starter: Starter | undefined, source: string): Trace | undefined {
  if (starter?.person === undefined || !starter.sources.includes(source)) return undefined;
  return { identity: starter.person, at: starter.at };
}

function seenWithin(history: PostHistory, index: number, post: Post, distinctMs: number): boolean {
  if (post.identity === history.starter?.person) return true;
  for (let position = index - 1; position >= 0; position -= 1) {
    const earlier = history.posts[position];
    if (earlier === undefined || post.at - earlier.at >= distinctMs) return false;
    if (earlier.identity === post.identity) return true;
  }
  const past = history.pastIdentities.get(post.identity);
  return past !== undefined && post.at - past < distinctMs;
}

function forgetPast(history: PostHistory, distinctMs: number): void {
  for (const [identity, at] of history.pastIdentities) {
    if (history.pastIdentities.size <= PAST_MAX && history.pastUntil - at < distinctMs) break;
    history.pastIdentities.delete(identity);
  }
  for (const [source, trace] of history.pastSources) {
    if (history.pastSources.size <= PAST_MAX && history.pastUntil - trace.at < distinctMs) break;
    history.pastSources.delete(source);
  }
}
