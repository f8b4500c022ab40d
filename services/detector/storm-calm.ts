// a storm -> the event time from which it is calm: no new distinct replier for half an hour, or so few storm replies expected
// that less than one would come in that time. The latest of its threads and lists counts.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { ListState } from "./list-table.ts";
import { fadedAt } from "./score.ts";
import type { Storm } from "./storm.ts";
import type { Thread } from "./thread-table.ts";
import { lastScore } from "./thread-table.ts";

export function calmTime(storm: Storm, settings: DetectorSettings): number {
  const calmAt = storm.first.at + settings.calmMs;
  return Math.max(calmAt, calmTimeOf(storm, { threads: storm.threads, lists: storm.lists }, settings));
}

/** The same of some of its threads and lists, where the others are as they were. */
export function calmTimeOf(
  storm: Storm,
  part: { readonly threads: Iterable<Thread>; readonly lists: Iterable<ListState> },
  settings: DetectorSettings,
): number {
  let calmAt = Number.NEGATIVE_INFINITY;
  for (const thread of part.threads) {
    if (storm.threads.has(thread)) calmAt = Math.max(calmAt, threadCalmTime(thread, settings));
  }
  if (!storm.scopes.includes("list")) return calmAt;
  for (const list of part.lists) if (storm.lists.has(list)) calmAt = Math.max(calmAt, listCalmTime(list, settings));
  return calmAt;
}

function threadCalmTime(thread: Thread, settings: DetectorSettings): number {
  const score = lastScore(thread);
  if (thread.replies.posts.length === 0) return score.at + settings.calmMs;
  return Math.min(score.at + settings.calmMs, fadedAt(score, settings.calmMs, settings.kernel));
}

function listCalmTime(list: ListState, settings: DetectorSettings): number {
  return Math.max(list.lastPosterAt, list.automaticUntil) + settings.calmMs;
}
