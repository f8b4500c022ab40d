// a storm -> the event time from which it is calm: no new distinct replier for half an hour, or so few storm replies expected
// that less than one would come in that time. The latest of its threads and lists counts.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { ListState } from "./list-table.ts";
import { fadedAt } from "./score.ts";
import type { Storm } from "./storm.ts";
import type { Thread } from "./thread-table.ts";
import { lastScore } from "./thread-table.ts";

export function calmTime(storm: Storm, settings: DetectorSettings): number {
  let calmAt = storm.first.at + settings.calmMs;
  for (const thread of storm.threads) calmAt = Math.max(calmAt, threadCalmTime(thread, settings));
  if (storm.scopes.includes("list")) {
    for (const list of storm.lists) calmAt = Math.max(calmAt, listCalmTime(list, settings));
  }
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
