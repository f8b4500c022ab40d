// a storm that the detector lets go of -> its StormAccount. Asked for once a storm, and only where somebody listens.

import type { ListReach, StormAccount, StormMessage, StormRole } from "../../shared/domain/storm-account.ts";
import { minuteStart } from "../../shared/domain/delivery-minutes.ts";
import type { FanOut } from "./fan-out.ts";
import type { SiteState } from "./site-state.ts";
import type { Storm } from "./storm.ts";
import { isReply } from "./storm-reply.ts";

/** Tells the listener, if there is one, that nothing more will be heard of the storm. */
export function tellOver(site: SiteState, storm: Storm): void {
  site.listener?.over(stormAccount(site, storm));
}

/** Tells the listener what is known of a message that the storm only counts from now on. */
export function tellLeft(site: SiteState, storm: Storm, member: FanOut): void {
  site.listener?.left(storm.stormId, stormMessage(storm, member));
}

function stormAccount(site: SiteState, storm: Storm): StormAccount {
  const [list] = storm.lists.size > 0 ? storm.lists : storm.shown.lists;
  const { subject } = storm.first.message;
  const heldUntil = storm.calmAt + site.settings.hysteresisMs;
  const members = membersOf(storm, heldUntil);
  return {
    stormId: storm.stormId,
    site: site.site,
    opened: storm.opened,
    threadKey: storm.threadKey,
    ...(list === undefined ? {} : { list: list.address }),
    ...(subject !== undefined && site.settings.allowSubject ? { subject } : {}),
    ...(storm.first.person === undefined ? {} : { starter: storm.first.person }),
    startedAt: storm.startedAt,
    ...(storm.ended ? { calmAt: storm.calmAt, heldUntil } : {}),
    audience: storm.audience,
    lists: listsOf(members),
    messages: members.map((member) => stormMessage(storm, member)),
  };
}

/** In order of time. What comes to its lists after its calm in a thread of its own is other mail; who still answers the storm belongs to it. */
function membersOf({ members, threads, ended, calmAt }: Storm, heldUntil: number): FanOut[] {
  const known = new Set(threads);
  for (const { at, thread } of members) if (thread !== undefined && at <= calmAt) known.add(thread);
  const stays = ({ at, thread }: FanOut): boolean =>
    at <= calmAt || (at <= heldUntil && thread !== undefined && known.has(thread));
  return members
    .filter((member) => !ended || stays(member))
    .sort((one, other) => one.at - other.at || (one.message.id < other.message.id ? -1 : 1));
}

function listsOf(members: readonly FanOut[]): ListReach[] {
  const audiences = new Map<string, number>();
  for (const { lists } of members) for (const { list } of lists) audiences.set(list.address, list.audience);
  return Array.from(audiences, ([address, audience]) => ({ address, audience }));
}

function stormMessage(storm: Storm, member: FanOut): StormMessage {
  const person = member.post?.identity ?? member.listPost?.identity ?? member.person;
  const { starts, counts, before } = member.deliveries;
  const minutes = starts.map((start, index) => ({ start, delivered: counts[index] ?? 0 }));
  // What is no longer kept minute by minute came before the rest.
  const earliest = before === 0 ? [] : [{ start: Math.min(minuteStart(member.at), starts[0] ?? 0), delivered: before }];
  return {
    at: member.at,
    threadKey: member.thread?.key ?? storm.threadKey,
    role: roleOf(storm, member),
    answersThread: member.replyAll,
    ...(person === undefined ? {} : { person }),
    recipients: member.reach,
    lists: member.lists.map(({ list }) => list.address),
    minutes: [...earliest, ...minutes].filter(({ delivered }) => delivered > 0),
  };
}

function roleOf(storm: Storm, member: FanOut): StormRole {
  if (member.message.automatic !== undefined) return "automatic";
  if (member === storm.first) return "first";
  return isReply(storm, member) ? "reply-all" : "other";
}
