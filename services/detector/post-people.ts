// posts of one thread or list -> how many people they are. Told from the times of each one's last post, kept in order: a search
// and not a walk, since a storm asks several times a message about thousands of people.

import type { Post, PostHistory } from "./post-history.ts";

/** Distinct identities among posts of [from, at of the post at `index`], the past included, the starter left out. */
export function distinctPeople(history: PostHistory, index: number, from: number): number {
  const { posts, lastTimes } = history;
  let people = lastTimes.length - timesBefore(lastTimes, from);
  // Who first posted after `index` is not among them.
  for (let later = posts.length - 1; later > index; later -= 1) {
    const post = posts[later];
    if (post === undefined || post.at < from) break;
    if (post.previousAt < from && !isStarters(history, post)) people -= 1;
  }
  return people;
}

/** Distinct identities among the eligible posts of [from, at of the post at `index`] that are kept, counted up to `enough`. */
export function eligiblePeople(
  history: PostHistory,
  within: { readonly index: number; readonly from: number; readonly enough: number },
  eligible: (post: Post) => boolean,
): number {
  let people = 0;
  // Only those who posted more than once within the time: most did not, and are not looked up.
  let counted: Set<string> | undefined;
  for (let position = within.index; position >= 0 && people < within.enough; position -= 1) {
    const post = history.posts[position];
    if (post === undefined || post.at < within.from) break;
    if (counted?.has(post.identity) === true || isStarters(history, post) || !eligible(post)) continue;
    people += 1;
    if (post.previousAt >= within.from) (counted ??= new Set()).add(post.identity);
  }
  return people;
}

/** The starter's own, or under another name of the starter. */
export function isStarters(history: PostHistory, post: Post): boolean {
  return history.starter?.person !== undefined && post.identity === history.starter.person;
}

/** The post at `index` is new: it is the last of its identity, unless one that follows is. */
export function noteLast(history: PostHistory, index: number): void {
  const { posts, lastTimes } = history;
  const post = posts[index];
  if (post === undefined || isStarters(history, post)) return;
  for (let later = posts.length - 1; later > index; later -= 1) if (posts[later]?.identity === post.identity) return;
  const known = timesBefore(lastTimes, post.previousAt);
  if (lastTimes[known] === post.previousAt) lastTimes.splice(known, 1);
  if ((lastTimes.at(-1) ?? post.at) <= post.at) lastTimes.push(post.at);
  else lastTimes.splice(timesBefore(lastTimes, post.at), 0, post.at);
}

/** Works the times out again, when posts that were there count under another identity. */
export function recountPeople(history: PostHistory): void {
  const last = new Map(history.past?.identities);
  for (const post of history.posts) last.set(post.identity, post.at);
  if (history.starter?.person !== undefined) last.delete(history.starter.person);
  history.lastTimes = [...last.values()].sort((one, other) => one - other);
}

/** How many of ascending times lie before `at`. */
export function timesBefore(times: readonly number[], at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
