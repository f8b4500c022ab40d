// messages of a storm -> its members, its sums, and whether they have doubled since the last alert.

import { addSeries, deliveriesEndedBy } from "./delivery-ledger.ts";
import type { FanOut } from "./fan-out.ts";
import type { ListState } from "./list-table.ts";
import type { SiteState } from "./site-state.ts";
import type { Storm } from "./storm.ts";
import type { Thread } from "./thread-table.ts";

/** Adds a message once. One that belongs to an open storm already stays there. */
export function addMember(site: SiteState, storm: Storm, fanOut: FanOut): void {
  if (fanOut.storm === storm || fanOut.storm?.opened === true) return;
  fanOut.storm = storm;
  storm.members.push(fanOut);
  storm.recount = true;
  addSeries(storm.deliveries, fanOut.deliveries);
  if (storm.members.length <= site.settings.bounds.messagesPerStormMax) return;
  const oldest = storm.members.shift();
  if (oldest === undefined) return;
  site.counters.stormMessagesDropped += 1;
  if (isReply(storm, oldest)) storm.dropped.replyAlls += 1;
  if (oldest.message.automatic !== undefined) storm.dropped.automatic += 1;
  storm.dropped.notDelivered += Math.max(0, oldest.reach - oldest.deliveries.total);
}

/** Takes a thread in with all its messages since its last storm. */
export function joinThread(site: SiteState, storm: Storm, thread: Thread): void {
  thread.storm = storm;
  storm.threads.push(thread);
  if (storm.opened) thread.everOpened = true;
  for (const fanOut of thread.messages) if (fanOut.at > thread.calmSince) addMember(site, storm, fanOut);
}

/** Takes in what was posted to a list since the burst that began it. */
export function joinListPosts(site: SiteState, storm: Storm, list: ListState): void {
  for (const fanOut of [...list.posters.posts.map((post) => post.fanOut), ...list.automatic]) {
    if (fanOut.at >= storm.listSince) addMember(site, storm, fanOut);
  }
}

/** A message by somebody other than the starter: a reply-all, at list scope any post of a person. */
export function isReply(storm: Storm, fanOut: FanOut): boolean {
  if (fanOut === storm.first || fanOut.person === undefined || fanOut.message.automatic !== undefined) return false;
  if (fanOut.replyAll) return fanOut.person !== storm.first.person || !storm.scopes.includes("list");
  return storm.scopes.includes("list") && fanOut.person !== storm.first.person && fanOut.lists.length > 0;
}

export function countReplies(storm: Storm): number {
  let count = storm.dropped.replyAlls;
  for (const member of storm.members) if (isReply(storm, member)) count += 1;
  return count;
}

/** Largest audience of the storm's threads and lists. */
export function stormAudience(storm: Storm): number {
  let audience = 0;
  for (const thread of storm.threads) audience = Math.max(audience, threadAudience(thread));
  for (const list of storm.lists) audience = Math.max(audience, list.audience);
  return audience;
}

export function threadAudience(thread: Thread): number {
  let audience = thread.reach;
  for (const list of thread.lists) audience = Math.max(audience, list.audience);
  return audience;
}

/** Reply-alls or deliveries reached twice what the last alert told; the first deliveries are told at two whole mails. */
export function hasDoubled(storm: Storm, at: number): boolean {
  if (storm.replies >= 2 * Math.max(1, storm.told.replyAlls)) return true;
  const next = 2 * Math.max(storm.told.deliveries, stormAudience(storm));
  return storm.deliveries.total >= next && deliveriesEndedBy(storm.deliveries, at) >= next;
}
