// messages of a storm -> its members, its sums, and whether they have doubled since the last alert.

import { addSeries, deliveriesEndedBy, subtractSeries } from "./delivery-ledger.ts";
import type { FanOut } from "./fan-out.ts";
import type { ListState } from "./list-table.ts";
import type { SiteState } from "./site-state.ts";
import { tellLeft } from "./storm-account.ts";
import { isReply } from "./storm-reply.ts";
import type { Storm } from "./storm.ts";
import type { Thread } from "./thread-table.ts";
import { noteChange } from "./tracked.ts";

/** Adds a message once. It belongs to one storm: an open one keeps it, a watch lets it go. */
export function addMember(site: SiteState, storm: Storm, fanOut: FanOut): void {
  const former = fanOut.storm;
  if (former === storm || former?.opened === true) return;
  if (former !== undefined) dropMember(site, former, fanOut);
  fanOut.storm = storm;
  fanOut.stormReply = false;
  site.stormJoins += 1;
  fanOut.stormPlace = site.stormJoins;
  noteChange(fanOut);
  noteChange(storm);
  storm.members.push(fanOut);
  countMember(storm, fanOut);
  addSeries(storm.deliveries, fanOut.deliveries);
  const { messagesPerStormMax, stormMessagesMax } = site.settings.bounds;
  site.stormMessages += 1;
  if (storm.members.length > messagesPerStormMax) dropMembers(site, storm, 1);
  while (site.stormMessages > stormMessagesMax) dropOfLargest(site);
}

function dropMember(site: SiteState, watch: Storm, fanOut: FanOut): void {
  const index = watch.members.indexOf(fanOut);
  // One that is only counted there stays counted.
  if (index < 0) return;
  watch.members.splice(index, 1);
  noteChange(watch);
  site.stormMessages -= 1;
  if (fanOut.stormReply) watch.replies -= 1;
  subtractSeries(watch.deliveries, fanOut.deliveries);
}

/** Storms together hold too many messages: the one with the most gives up the older half of them. */
function dropOfLargest(site: SiteState): void {
  let largest = site.storms[0];
  for (const storm of site.storms) {
    if (largest === undefined || storm.members.length > largest.members.length) largest = storm;
  }
  if (largest !== undefined) dropMembers(site, largest, Math.ceil(largest.members.length / 2));
}

/** The oldest are only counted from now on. */
function dropMembers(site: SiteState, storm: Storm, count: number): void {
  noteChange(storm);
  for (let left = count; left > 0; left -= 1) {
    const oldest = storm.members.shift();
    if (oldest === undefined) return;
    site.stormMessages -= 1;
    site.counters.stormMessagesDropped += 1;
    tellLeft(site, storm, oldest);
    if (isReply(storm, oldest)) storm.dropped.replyAlls += 1;
    if (oldest.message.automatic !== undefined) storm.dropped.automatic += 1;
    storm.dropped.notDelivered += Math.max(0, oldest.reach - oldest.deliveries.total);
  }
}

/** Counts a member among the replies of its storm, or no longer, as known now. */
export function countMember(storm: Storm, member: FanOut): void {
  const counts = isReply(storm, member);
  if (counts === member.stormReply) return;
  member.stormReply = counts;
  noteChange(member);
  noteChange(storm);
  storm.replies += counts ? 1 : -1;
}

/** Takes a thread in with all its messages since its last storm. */
export function joinThread(site: SiteState, storm: Storm, thread: Thread): void {
  thread.storm = storm;
  noteChange(thread);
  noteChange(storm);
  storm.threads.add(thread);
  if (storm.opened) thread.everOpened = true;
  storm.audience = Math.max(storm.audience, threadAudience(thread));
  if (storm.threads.size > site.settings.bounds.threadsPerStormMax) dropThread(site, storm);
  for (const fanOut of thread.messages) if (fanOut.at > thread.calmSince) addMember(site, storm, fanOut);
}

/** The oldest thread leaves; its messages stay, and its next reply-all brings it back. */
function dropThread(site: SiteState, storm: Storm): void {
  const [oldest] = storm.threads;
  if (oldest === undefined) return;
  storm.threads.delete(oldest);
  if (oldest.storm === storm) oldest.storm = undefined;
  noteChange(oldest);
  site.counters.stormThreadsDropped += 1;
}

/** Takes in what was posted to a list since the burst that began it. */
export function joinListPosts(site: SiteState, storm: Storm, list: ListState): void {
  for (const fanOut of [...list.posters.posts.map((post) => post.fanOut), ...list.automatic]) {
    if (fanOut.at >= storm.listSince) addMember(site, storm, fanOut);
  }
}

/** Counts all members anew. */
export function recountReplies(storm: Storm): void {
  storm.replies = storm.dropped.replyAlls;
  for (const member of storm.members) {
    const counts = isReply(storm, member);
    if (counts) storm.replies += 1;
    if (member.storm !== storm) continue;
    member.stormReply = counts;
    noteChange(member);
  }
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
  const next = 2 * Math.max(storm.told.deliveries, storm.audience);
  return storm.deliveries.total >= next && deliveriesEndedBy(storm.deliveries, at) >= next;
}
