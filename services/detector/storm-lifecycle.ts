// proposals of the rules -> the life of storms: watch, opened, updated, calm again, a second wave, forgotten.
//
// A list has at most one storm. A proposal finds the storm or watch it belongs to in this order: an open storm of its thread or
// lists; a watch of its own, the thread's or the list's; a watch of the other scope, so that thread and list of one storm are
// one: the list's, or at list scope one of the burst's threads. It keeps its id, and other watches of these threads give way.
// A watch that has ended is continued by its own scope or by an opening rule only. A thread's watch is not shared by its list.
// End: the storm is resolved (a watch ends silently) once the watermark, or a message of its own, is an allowed lateness past
// its calm. For two hours (hysteresis) after that an opening rule that holds by people who wrote since continues it, under its
// id, as `storm.updated` without `resolvedAt`; it opens once. After that it is forgotten, and another storm gets another id.
// What was counted before an end is no evidence after it: the score begins again at 0, and only new repliers count.

import type { StormReason, StormScope } from "../../shared/domain/storm-alert.ts";
import { createMinuteSeries } from "./delivery-ledger.ts";
import type { FanOut } from "./fan-out.ts";
import { forgetStorm } from "./forget-storm.ts";
import type { ListState } from "./list-table.ts";
import type { SiteState } from "./site-state.ts";
import type { Storm } from "./storm.ts";
import { calmTime, calmTimeOf } from "./storm-calm.ts";
import { addMember, joinListPosts, joinThread } from "./storm-members.ts";
import { stormId } from "./storm-id.ts";
import type { Thread } from "./thread-table.ts";
import { noteChange, tracked } from "./tracked.ts";

export interface Proposal {
  readonly scope: StormScope;
  /** Open a storm; false raises a watch. */
  readonly opens: boolean;
  readonly reasons: readonly StormReason[];
  /** Event time of the latest message that is needed as evidence. */
  readonly at: number;
  readonly critical: boolean;
  readonly thread: Thread;
  readonly lists: readonly ListState[];
  readonly first: FanOut;
  readonly startedAt: number;
  /** Threads of a burst's messages, whose watches it may take over; asked for only where they can decide. */
  readonly threads: () => Iterable<Thread>;
}

/** Applies one proposal. What is to be said is left as `pending` on the storm, in `site.touched`. */
export function propose(site: SiteState, proposal: Proposal): void {
  const storm = findStorm(site, proposal);
  if (storm === undefined) createStorm(site, proposal);
  else if (proposal.opens) openOrJoin(site, storm, proposal);
  else if (!storm.opened) renewWatch(site, storm, proposal);
}

/** Marks a storm as having something to say; the weightier word wins. */
export function touch(site: SiteState, storm: Storm, type: NonNullable<Storm["pending"]>): void {
  if (storm.pending !== "storm.opened") storm.pending = type;
  if (!site.touched.includes(storm)) site.touched.push(storm);
}

function findStorm(site: SiteState, proposal: Proposal): Storm | undefined {
  const known: Storm[] = [];
  const near = (storm: Storm | undefined): boolean => {
    if (storm === undefined || isOver(site, storm, proposal.at)) return false;
    known.push(storm);
    return storm.opened;
  };
  for (const owner of [proposal.thread, ...proposal.lists]) if (near(owner.storm)) return owner.storm;
  if (proposal.scope === "list") for (const { storm } of proposal.threads()) if (near(storm)) return storm;
  const [own] = proposal.scope === "list" ? proposal.lists.map((list) => list.storm) : [proposal.thread.storm];
  if (own !== undefined && known.includes(own)) return own;
  if (proposal.opens) return known[0];
  // A burst's thread may have the watch of another list.
  return known.find((watch) => !watch.ended && (proposal.scope === "thread" || watch.lists.size === 0));
}

/** Ended, and too long ago for a second wave. */
function isOver(site: SiteState, storm: Storm, at: number): boolean {
  return storm.ended && at > storm.calmAt + site.settings.hysteresisMs;
}

function createStorm(site: SiteState, proposal: Proposal): void {
  const storm: Storm = {
    kind: "storm",
    ...tracked(site.changes),
    stormId: stormId(site, proposal),
    revision: 0,
    scope: proposal.scope,
    scopes: [proposal.scope],
    threadKey: proposal.thread.key,
    first: proposal.first,
    startedAt: proposal.startedAt,
    listSince: Number.POSITIVE_INFINITY,
    detectedAt: proposal.at,
    severity: "watch",
    opened: false,
    reasons: [...proposal.reasons],
    lists: new Set(),
    threads: new Set(),
    audience: 0,
    members: [],
    dropped: { replyAlls: 0, automatic: 0, notDelivered: 0 },
    deliveries: createMinuteSeries(),
    calmAt: proposal.at,
    ended: false,
    replies: 0,
    recount: true,
    told: { replyAlls: 0, deliveries: 0 },
    pending: undefined,
    shown: proposal.thread,
  };
  for (const owner of [proposal.thread, ...proposal.lists]) {
    if (owner.storm !== undefined && isOver(site, owner.storm, proposal.at)) forgetStorm(site, owner.storm);
  }
  makeRoom(site);
  site.storms.push(storm);
  if (proposal.opens) {
    openStorm(site, storm, proposal);
    return;
  }
  attach(site, storm, proposal);
  site.totals.watches += 1;
  touch(site, storm, "storm.watch");
}

function openOrJoin(site: SiteState, storm: Storm, proposal: Proposal): void {
  if (!storm.opened) openStorm(site, storm, proposal);
  else joinStorm(site, storm, proposal);
}

function openStorm(site: SiteState, storm: Storm, proposal: Proposal): void {
  storm.opened = true;
  storm.ended = false;
  storm.scope = proposal.scope;
  storm.scopes = [proposal.scope];
  storm.threadKey = proposal.thread.key;
  storm.shown = proposal.thread;
  storm.first = proposal.first;
  storm.startedAt = proposal.startedAt;
  storm.detectedAt = Math.max(storm.detectedAt, proposal.at);
  storm.severity = proposal.critical ? "critical" : "warning";
  storm.reasons = [...proposal.reasons];
  storm.recount = true;
  takeWatches(site, storm, proposal);
  attach(site, storm, proposal);
  // Another watch may have taken some of its messages in the meantime.
  joinThread(site, storm, proposal.thread);
  if (proposal.scope === "list") for (const list of storm.lists) joinListPosts(site, storm, list);
  for (const thread of storm.threads) {
    thread.everOpened = true;
    noteChange(thread);
  }
  site.totals.opened += 1;
  touch(site, storm, "storm.opened");
}

function joinStorm(site: SiteState, storm: Storm, proposal: Proposal): void {
  const second = !storm.scopes.includes(proposal.scope);
  const worse = proposal.critical && storm.severity !== "critical";
  const again = storm.ended;
  for (const reason of proposal.reasons) if (!storm.reasons.includes(reason)) storm.reasons.push(reason);
  if (second) {
    storm.scopes.push(proposal.scope);
    storm.recount = true;
  }
  if (worse) storm.severity = "critical";
  storm.ended = false;
  attach(site, storm, proposal);
  if (!second && !worse && !again) return;
  storm.detectedAt = Math.max(storm.detectedAt, proposal.at);
  touch(site, storm, "storm.updated");
}

/** A watch is raised once; that it goes on, or begins anew within the hysteresis, is no news. */
function renewWatch(site: SiteState, storm: Storm, proposal: Proposal): void {
  for (const reason of proposal.reasons) if (!storm.reasons.includes(reason)) storm.reasons.push(reason);
  storm.ended = false;
  if (!storm.scopes.includes(proposal.scope)) {
    storm.scopes.push(proposal.scope);
    storm.recount = true;
  }
  takeWatches(site, storm, proposal);
  attach(site, storm, proposal);
}

/** The watches that threads of a burst have of their own become this one. */
function takeWatches(site: SiteState, storm: Storm, { scope, threads }: Proposal): void {
  if (scope !== "list") return;
  for (const thread of threads()) if (thread.storm !== undefined) takeThread(site, storm, thread);
}

function attach(site: SiteState, storm: Storm, proposal: Proposal): void {
  const { thread, lists, scope, startedAt } = proposal;
  noteChange(storm);
  takeThread(site, storm, thread);
  const taken = storm.opened || scope === "list" ? lists.filter((list) => takeList(site, storm, list)) : [];
  if (scope === "list") {
    // What is posted from then on joins by itself.
    const joining = startedAt < storm.listSince ? lists : taken;
    storm.listSince = Math.min(storm.listSince, startedAt);
    for (const list of joining) joinListPosts(site, storm, list);
  }
  addMember(site, storm, proposal.first);
  if (storm.recount) storm.calmAt = calmTime(storm, site.settings);
  else storm.calmAt = Math.max(storm.calmAt, calmTimeOf(storm, { threads: [thread], lists }, site.settings));
}

/** A watch that is the thread's own gives way. */
function takeThread(site: SiteState, storm: Storm, thread: Thread): void {
  const other = thread.storm;
  if (!storm.threads.has(thread)) joinThread(site, storm, thread);
  if (other !== undefined && other !== storm && !other.opened && other.lists.size === 0) forgetStorm(site, other);
}

/** A watch of the list, or what is left of an older storm, gives way. True when the list was not the storm's before. */
function takeList(site: SiteState, storm: Storm, list: ListState): boolean {
  storm.audience = Math.max(storm.audience, list.audience);
  const other = list.storm;
  if (other !== undefined && other !== storm) {
    if (other.opened && !isOver(site, other, storm.detectedAt)) return false;
    forgetStorm(site, other);
  }
  list.storm = storm;
  noteChange(list);
  if (storm.lists.has(list)) return false;
  storm.lists.add(list);
  return true;
}

/** An ended one goes first, then a watch, then the oldest. */
function makeRoom(site: SiteState): void {
  if (site.storms.length < site.settings.bounds.stormsMax) return;
  const victim =
    site.storms.find((storm) => storm.ended) ?? site.storms.find((storm) => !storm.opened) ?? site.storms[0];
  if (victim === undefined) return;
  forgetStorm(site, victim);
  site.counters.stormsEvicted += 1;
}
