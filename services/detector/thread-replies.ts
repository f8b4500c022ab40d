// messages of a thread -> who began it, which are reply-alls, and the score folded over them.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { FanOut } from "./fan-out.ts";
import { isWarm, noteReply } from "./list-table.ts";
import { createPost, insertPost, settleMessage, settlePosts, sourcesOf, trimHistory } from "./post-history.ts";
import { firstScore, scoreAfter, type ScoreState } from "./score.ts";
import type { SiteState } from "./site-state.ts";
import type { Thread } from "./thread-table.ts";
import { noteChange } from "./tracked.ts";

/** Counts the message as a reply-all if it is one and was not counted. Returns the index from which replies changed, or -1. */
export function countReplyAll(site: SiteState, thread: Thread, fanOut: FanOut): number {
  if (!isReplyAll(thread, fanOut) || fanOut.person === undefined) return -1;
  fanOut.replyAll = true;
  noteChange(fanOut);
  thread.replyAlls += 1;
  for (const { list } of fanOut.lists) noteReply(list, fanOut.at, site.settings.warmReplies);
  const post = createPost(fanOut, fanOut.person, newcomerMark(thread, fanOut, site.settings));
  const limits = historyLimits(site.settings);
  const index = insertPost(thread.replies, post, limits);
  if (index < 0) {
    site.counters.repliesTooLate += 1;
    return -1;
  }
  fanOut.post = post;
  site.threads.recent.add(thread);
  refoldScores(thread, index, site.settings);
  const dropped = trimHistory(thread.replies, limits, (old) => {
    thread.base = old.after ?? thread.base;
  });
  site.counters.repliesTrimmed += dropped;
  return Math.max(0, index - dropped);
}

/** An earlier message takes the first place. Returns the former first, which may now be a reply-all. */
export function takeFirstPlace(thread: Thread, fanOut: FanOut, settings: DetectorSettings): FanOut {
  const former = thread.first;
  thread.first = fanOut;
  noteStarter(thread, settings);
  return former;
}

/** Sets who began the thread, as known now, and settles the replies again. */
export function noteStarter(thread: Thread, settings: DetectorSettings): void {
  const { first, replies } = thread;
  replies.starter = { person: first.person, sources: sourcesOf(first), at: first.at };
  settlePosts(replies, settings.distinctMs);
  if (replies.pastUntil === Number.NEGATIVE_INFINITY) thread.base = firstScore(first.at);
  refoldScores(thread, 0, settings);
}

/** Counts a message's posts anew after it became known from where it came. */
export function settleAgain(fanOut: FanOut, settings: DetectorSettings): void {
  const { thread, lists } = fanOut;
  for (const { list } of lists) {
    if (settleMessage(list.posters, fanOut, settings.distinctMs) >= 0) noteChange(list);
  }
  if (thread === undefined) return;
  const index = settleMessage(thread.replies, fanOut, settings.distinctMs);
  if (index >= 0) refoldScores(thread, index, settings);
  if (thread.first === fanOut) noteStarter(thread, settings);
}

export function historyLimits(settings: DetectorSettings): { distinctMs: number; postsMax: number } {
  return { distinctMs: settings.distinctMs, postsMax: settings.bounds.repliesPerThreadMax };
}

function refoldScores(thread: Thread, index: number, settings: DetectorSettings): void {
  let state = index === 0 ? thread.base : (thread.replies.posts[index - 1]?.after ?? thread.base);
  for (const post of thread.replies.posts.slice(index)) {
    noteChange(post.fanOut);
    post.after = state;
    if (!post.distinct) continue;
    const before = post.at > thread.calmSince && state.at <= thread.calmSince ? withoutScore(state) : state;
    const change = scoreAfter(before, Math.max(post.at, state.at), post.mark, settings.kernel);
    post.timing = change.timing;
    post.pause = change.pause;
    post.after = change.after;
    state = change.after;
    thread.peakScore = Math.max(thread.peakScore, state.score);
  }
}

/** The evidence of a storm that is over does not count for the next; how lively the thread is does. */
function withoutScore(state: ScoreState): ScoreState {
  return { ...state, score: 0, scoreUnmarked: 0 };
}

/** By another person than the starter, not a machine's, and to the conversation: one of its lists, else half its audience. */
function isReplyAll(thread: Thread, fanOut: FanOut): boolean {
  if (fanOut.replyAll || fanOut === thread.first || fanOut.message.automatic !== undefined) return false;
  if (fanOut.person === undefined || fanOut.person === thread.first.person) return false;
  if (thread.lists.length === 0) return fanOut.reach * 2 >= thread.reach;
  return fanOut.lists.some(({ list }) => thread.lists.includes(list));
}

/** On lists that know their writers; new to all of these. */
function newcomerMark(thread: Thread, fanOut: FanOut, settings: DetectorSettings): number {
  const warm = fanOut.lists.filter(({ list }) => thread.lists.includes(list) && isWarm(list, fanOut.at, settings));
  if (warm.length === 0) return 0;
  return warm.every((entry) => entry.newcomer) ? settings.kernel.newcomerMark : settings.kernel.knownMark;
}
