// list sightings of messages that reached many -> the lists of a site: audience, history, who has written.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { ListEvidence } from "../../shared/domain/mail-event.ts";
import { LIST_EVIDENCE } from "../../shared/domain/mail-event.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import type { FanOut } from "./fan-out.ts";
import { createListMemory, firstSeenAt, type ListMemory, rememberPerson } from "./list-memory.ts";
import { rulesForList, type RulesForList } from "./list-rules.ts";
import { createPostHistory, dropBefore, type PostHistory } from "./post-history.ts";
import type { Storm } from "./storm.ts";

export interface ListState {
  readonly address: string;
  readonly rules: RulesForList;
  via: ListEvidence;
  messages: number;
  replyAlls: number;
  /** Event time of the reply that completed the history a list needs. */
  repliedEnoughAt: number;
  firstAt: number;
  lastAt: number;
  memory: ListMemory;
  /** Largest reach by day since the epoch. */
  reachByDay: Map<number, number> | undefined;
  audience: number;
  mailedAlone: boolean;
  /** People who wrote to the list of late, whatever the thread. */
  posters: PostHistory;
  /** Mails sent by machines to the list of late, in order of time. */
  automatic: FanOut[];
  /** Event time of the last automatic mail that came as thick as in a storm, and of the last person's that may be part of one. */
  automaticUntil: number;
  lastPosterAt: number;
  storm: Storm | undefined;
  /** Storms and watches it has had, and the end of the last. */
  episode: number;
  calmSince: number;
  /** Evicted: messages of old may still name it. */
  forgotten: boolean;
}

export interface ListTable {
  readonly lists: Map<string, ListState>;
  /** Writers remembered over all lists. */
  persons: number;
  /** Posts and automatic mails kept over all lists. */
  posts: number;
}

const DAY_MS = 86_400_000;
/** Part of the posts given up at once when there are too many, so that looking for them is rare. */
const EVICTED_SHARE = 0.05;

export function createListTable(): ListTable {
  return { lists: new Map(), persons: 0, posts: 0 };
}

/** The list, made when it is new. Moves it to the end of the table: the front is the longest unused. */
export function useList(
  table: ListTable,
  sighting: { readonly address: string; readonly via: ListEvidence; readonly at: number },
  settings: DetectorSettings,
  counters: DetectorCounters,
): ListState {
  const list = table.lists.get(sighting.address) ?? createList(sighting, settings);
  table.lists.delete(sighting.address);
  table.lists.set(sighting.address, list);
  if (LIST_EVIDENCE.indexOf(sighting.via) < LIST_EVIDENCE.indexOf(list.via)) list.via = sighting.via;
  list.firstAt = Math.min(list.firstAt, sighting.at);
  list.lastAt = Math.max(list.lastAt, sighting.at);
  while (table.lists.size > settings.bounds.listsMax) {
    forgetList(table, list);
    counters.listsEvicted += 1;
  }
  return list;
}

/** Raises the day's audience. What a mail to several lists reached tells of one of them only until it is mailed alone.
 *  Returns true when the list's audience changed. */
export function noteReach(
  list: ListState,
  seen: { readonly at: number; readonly reach: number; readonly alone: boolean },
  days: number,
): boolean {
  if (!seen.alone && list.mailedAlone) return false;
  if (seen.alone && !list.mailedAlone) {
    list.mailedAlone = true;
    list.reachByDay = undefined;
  }
  const day = Math.floor(seen.at / DAY_MS);
  const reachByDay = (list.reachByDay ??= new Map<number, number>());
  if (seen.reach <= (reachByDay.get(day) ?? 0)) return false;
  reachByDay.set(day, seen.reach);
  const newest = Math.max(...reachByDay.keys());
  let audience = list.rules.audience ?? 0;
  for (const [kept, largest] of reachByDay) {
    if (kept <= newest - days) reachByDay.delete(kept);
    else audience = Math.max(audience, largest);
  }
  const changed = audience !== list.audience;
  list.audience = audience;
  return changed;
}

/** Enough is known of the list to tell newcomers. */
export function isWarm(list: ListState, at: number, settings: DetectorSettings): boolean {
  if (at >= list.repliedEnoughAt + settings.warmAfterRepliesMs) return true;
  return at >= list.firstAt + settings.warmAgeMs && list.memory.persons >= settings.warmPersons;
}

/** First message to the list ever, or first within the last hour. */
export function isNewcomer(list: ListState, person: string, at: number, newcomerMs: number): boolean {
  const first = firstSeenAt(list.memory, person);
  return first === undefined || first > at - newcomerMs;
}

export function rememberWriter(
  table: ListTable,
  list: ListState,
  post: { readonly person: string; readonly at: number },
  deps: { readonly settings: DetectorSettings; readonly counters: DetectorCounters },
): void {
  const { settings, counters } = deps;
  if (table.lists.get(list.address) !== list) return;
  const { knownPersonsPerListMax, knownPersonsMax } = settings.bounds;
  if (list.memory.persons >= knownPersonsPerListMax && firstSeenAt(list.memory, post.person) === undefined) {
    counters.personsNotRemembered += 1;
    return;
  }
  if (rememberPerson(list.memory, post.person, post.at)) table.persons += 1;
  while (table.persons > knownPersonsMax && table.lists.size > 1) {
    forgetList(table, list);
    counters.listsEvicted += 1;
  }
}

export function noteReply(list: ListState, at: number, warmReplies: number): void {
  list.replyAlls += 1;
  if (list.replyAlls === warmReplies) list.repliedEnoughAt = at;
}

/** Forgets the longest unused list, one without an open storm where there is one, and never `keep`. */
function forgetList(table: ListTable, keep: ListState): void {
  let victim: ListState | undefined;
  for (const list of table.lists.values()) {
    if (list === keep) continue;
    victim ??= list;
    if (list.storm === undefined || list.storm.ended) {
      victim = list;
      break;
    }
  }
  if (victim === undefined) return;
  table.lists.delete(victim.address);
  table.persons -= victim.memory.persons;
  victim.memory = createListMemory();
  victim.reachByDay = undefined;
  victim.forgotten = true;
  dropPosts(table, victim);
}

/** Keeps account of posts; where all lists together hold too many, those of the longest unused are given up first. */
export function notePosts(
  table: ListTable,
  list: ListState,
  change: number,
  { settings, counters }: { readonly settings: DetectorSettings; readonly counters: DetectorCounters },
): void {
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
    table.posts -= mails + dropBefore(list.posters, before, () => undefined);
  }
}

function dropPosts(table: ListTable, list: ListState): number {
  const posts = list.posters.posts.length + list.automatic.length;
  table.posts -= posts;
  if (posts > 0) {
    list.posters = createPostHistory();
    list.automatic = [];
  }
  return posts;
}

function createList(
  sighting: { readonly address: string; readonly via: ListEvidence; readonly at: number },
  settings: DetectorSettings,
): ListState {
  const rules = rulesForList(settings, sighting.address);
  return {
    address: sighting.address,
    rules,
    via: sighting.via,
    messages: 0,
    replyAlls: 0,
    repliedEnoughAt: Number.POSITIVE_INFINITY,
    firstAt: sighting.at,
    lastAt: sighting.at,
    memory: createListMemory(),
    reachByDay: undefined,
    audience: rules.audience ?? 0,
    mailedAlone: false,
    posters: createPostHistory(),
    automatic: [],
    automaticUntil: Number.NEGATIVE_INFINITY,
    lastPosterAt: Number.NEGATIVE_INFINITY,
    storm: undefined,
    episode: 0,
    calmSince: Number.NEGATIVE_INFINITY,
    forgotten: false,
  };
}
