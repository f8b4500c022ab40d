// a message that reached many -> the posts and the automatic mails of its lists, and which of these are to be judged.

import type { FanOut, FanOutList } from "./fan-out.ts";
import { judgeAutomatic, judgeListPosts, noteAutomatic } from "./list-burst.ts";
import { notePosts } from "./list-post-room.ts";
import { isNewcomer, isWarm, type ListState, rememberWriter } from "./list-table.ts";
import { createPost, insertPost, trimHistory } from "./post-history.ts";
import type { SiteState } from "./site-state.ts";
import { historyLimits } from "./thread-replies.ts";

export interface ListPlace {
  readonly list: ListState;
  /** Of the new post among the list's posts; undefined for automatic mail. */
  readonly index: number | undefined;
}

/** By what was posted now, and by what an audience that grew lets through the price gate. */
export function judgeLists(
  site: SiteState,
  fanOut: FanOut,
  news: { readonly posted: readonly ListPlace[]; readonly audienceGrew: boolean; readonly atLeast: number },
): void {
  for (const { list } of fanOut.lists) {
    const place = news.posted.find((post) => post.list === list);
    const atLeast = place === undefined ? news.atLeast : fanOut.at;
    if (place?.index !== undefined) judgeListPosts(site, list, place.index, atLeast);
    else if (news.audienceGrew) judgeListPosts(site, list, list.posters.posts.length - 1, atLeast);
    if (news.audienceGrew || (place !== undefined && place.index === undefined)) judgeAutomatic(site, list, atLeast);
  }
}

/** Lets lists remember the writer, and enters the message among their posts. */
export function postToLists(site: SiteState, fanOut: FanOut): ListPlace[] {
  const changed: ListPlace[] = [];
  for (const entry of fanOut.lists) {
    if (entry.posted) continue;
    if (fanOut.message.automatic !== undefined) {
      entry.posted = true;
      if (entry.list.rules.exempt) continue;
      noteAutomatic(site, entry.list, fanOut);
      changed.push({ list: entry.list, index: undefined });
    } else if (fanOut.person !== undefined) {
      entry.posted = true;
      const index = postToList(site, fanOut, { entry, person: fanOut.person });
      if (index >= 0) changed.push({ list: entry.list, index });
    }
  }
  return changed;
}

function postToList(
  site: SiteState,
  fanOut: FanOut,
  place: { readonly entry: FanOutList; readonly person: string },
): number {
  const { entry, person } = place;
  const { list } = entry;
  entry.newcomer = isNewcomer(list, person, fanOut.at, site.settings.newcomerMs);
  entry.remembered = true;
  rememberWriter(site.lists, list, { person, at: fanOut.at }, site);
  const post = createPost(fanOut, person, 0);
  const limits = historyLimits(site.settings);
  const index = insertPost(list.posters, post, limits);
  if (index < 0) return -1;
  entry.post = post;
  fanOut.listPost ??= post;
  // Where newcomers are what a storm is told by, the talk of known writers does not keep it open.
  const counts = post.distinct && (entry.newcomer || !isWarm(list, post.at, site.settings));
  if (counts) list.lastPosterAt = Math.max(list.lastPosterAt, post.at);
  const dropped = trimHistory(list.posters, limits, () => undefined);
  notePosts(site.lists, list, 1 - dropped, site);
  return Math.max(0, index - dropped);
}
