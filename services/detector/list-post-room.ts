// posts and automatic mails kept for lists -> as many as there is room for, and none that no rule looks back to.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import type { ListState, ListTable } from "./list-table.ts";
import { createPostHistory, dropBefore } from "./post-history.ts";
import { noteChange } from "./tracked.ts";

/** Part of the posts given up at once when there are too many, so that looking for them is rare. */
const EVICTED_SHARE = 0.05;

/** Keeps account of posts; where all lists together hold too many, those of the longest unused are given up first. */
export function notePosts(
  table: ListTable,
  list: ListState,
  change: number,
  { settings, counters }: { readonly settings: DetectorSettings; readonly counters: DetectorCounters },
): void {
  noteChange(list);
  if (list.forgotten) return;
  table.posts += change;
  const { listPostsMax } = settings.bounds;
  if (table.posts <= listPostsMax) return;
  for (const stormsStay of [true, false]) {
    for (const other of table.lists.values()) {
      if (table.posts <= listPostsMax * (1 - EVICTED_SHARE)) return;
      if (other === list || (stormsStay && other.storm?.ended === false)) continue;
      counters.listPostsDropped += dropPosts(table, other);
    }
  }
}

/** Forgets posts that no rule looks back to any more. `now` is event time. */
export function forgetOldPosts(table: ListTable, now: number, settings: DetectorSettings): void {
  for (const list of table.lists.values()) {
    const { listBurstFastMs, listBurstSlowMs, automaticMs } = list.rules.thresholds;
    const longest = Math.max(settings.distinctMs, settings.recentMs, listBurstFastMs, listBurstSlowMs, automaticMs);
    const before = now - settings.expiredAfterMs - longest;
    const old = list.automatic.findIndex((mail) => mail.at >= before);
    const mails = list.automatic.splice(0, old < 0 ? list.automatic.length : old).length;
    const dropped = mails + dropBefore(list.posters, before, () => undefined);
    table.posts -= dropped;
    if (dropped > 0) noteChange(list);
  }
}

export function dropPosts(table: ListTable, list: ListState): number {
  const posts = list.posters.posts.length + list.automatic.length;
  table.posts -= posts;
  if (posts > 0) {
    list.posters = createPostHistory();
    list.automatic = [];
    noteChange(list);
  }
  return posts;
}
