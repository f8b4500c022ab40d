// posts that were dropped -> what is still needed of them: who wrote, under which sources, and when.

import type { HistoryLimits, Post, PostHistory } from "./post-history.ts";
import { timesBefore } from "./post-people.ts";

/** Most identities kept of posts that were dropped: more people than that an hour are a storm in any case. */
const PAST_MAX = 2048;
/** What is kept of them once there were more, so that forgetting is rare. */
const PAST_KEPT = 1792;
export const PAST_FEW = 512;
/** Most people counted. */
const PEOPLE_MAX = 16_384;

export function rememberPast(history: PostHistory, post: Post): void {
  const past = (history.past ??= { identities: new Map(), sources: new Map() });
  past.identities.delete(post.identity);
  past.identities.set(post.identity, post.at);
  for (const source of post.sources) {
    past.sources.delete(source);
    past.sources.set(source, { identity: post.identity, at: post.at });
  }
}

export function forgetPast(history: PostHistory, limits: HistoryLimits): void {
  const { past, pastUntil, lastTimes } = history;
  if (past === undefined) return;
  const { identities, sources } = past;
  const size = Math.max(identities.size, sources.size);
  if (size <= history.forgetAtSize) return;
  const kept = size > PAST_MAX ? PAST_KEPT : PAST_MAX;
  for (const [identity, at] of identities) {
    if (identities.size <= kept && pastUntil - at < limits.distinctMs) break;
    identities.delete(identity);
  }
  for (const [source, { at }] of sources) {
    if (sources.size <= kept && pastUntil - at < limits.distinctMs) break;
    sources.delete(source);
  }
  const old = timesBefore(lastTimes, pastUntil - limits.distinctMs + 1);
  lastTimes.splice(0, Math.max(old, lastTimes.length - PEOPLE_MAX));
  history.forgetAtSize = Math.min(PAST_MAX, Math.max(PAST_FEW, 2 * Math.max(identities.size, sources.size)));
}
