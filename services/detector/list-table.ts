// list sightings of messages that reached many -> the lists of a site: audience, history, who has written.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { ListEvidence } from "../../shared/domain/mail-event.ts";
import { LIST_EVIDENCE } from "../../shared/domain/mail-event.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import type { FanOut } from "./fan-out.ts";
import { createListMemory, firstSeenAt, type ListMemory, rememberPerson, sliceCount, sliceOf } from "./list-memory.ts";
import { rulesForList, type RulesForList } from "./list-rules.ts";
import { dropPosts } from "./list-post-room.ts";
import { createPostHistory, type PostHistory } from "./post-history.ts";
import type { Storm } from "./storm.ts";
import { type Changes, type Chunked, chunked, noteChange, noteChunk, noteGone } from "./tracked.ts";

export interface ListState extends Chunked {
  readonly kind: "list";
  readonly address: string;
  rules: RulesForList;
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
  /** Turn of its last use among those of all lists. */
  used: number;
}

export interface ListTable {
  readonly lists: Map<string, ListState>;
  /** Writers remembered over all lists. */
  persons: number;
  /** Posts and automatic mails kept over all lists. */
  posts: number;
  /** How often lists were used. */
  uses: number;
  readonly changes: Changes | undefined;
}

const DAY_MS = 86_400_000;

export function createListTable(changes?: Changes): ListTable {
  return { lists: new Map(), persons: 0, posts: 0, uses: 0, changes };
}

/** The list, made when it is new. Moves it to the end of the table: the front is the longest unused. */
export function useList(
  table: ListTable,
  sighting: { readonly address: string; readonly via: ListEvidence; readonly at: number },
  settings: DetectorSettings,
  counters: DetectorCounters,
): ListState {
  const list = table.lists.get(sighting.address) ?? createList(sighting, settings, table.changes);
  table.lists.delete(sighting.address);
  table.lists.set(sighting.address, list);
  if (LIST_EVIDENCE.indexOf(sighting.via) < LIST_EVIDENCE.indexOf(list.via)) list.via = sighting.via;
  list.firstAt = Math.min(list.firstAt, sighting.at);
  list.lastAt = Math.max(list.lastAt, sighting.at);
  table.uses += 1;
  list.used = table.uses;
  noteChange(list);
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
    noteChange(list);
    list.mailedAlone = true;
    list.reachByDay = undefined;
  }
  const day = Math.floor(seen.at / DAY_MS);
  const reachByDay = (list.reachByDay ??= new Map<number, number>());
  if (seen.reach <= (reachByDay.get(day) ?? 0)) return false;
  noteChange(list);
  reachByDay.set(day, seen.reach);
  const newest = Math.max(...reachByDay.keys());
  for (const kept of reachByDay.keys()) if (kept <= newest - days) reachByDay.delete(kept);
  const audience = listAudience(list);
  const changed = audience !== list.audience;
  list.audience = audience;
  return changed;
}

/** What is configured, or what was measured if that is more. */
export function listAudience({ rules, reachByDay }: Pick<ListState, "rules" | "reachByDay">): number {
  return Math.max(rules.audience ?? 0, ...(reachByDay?.values() ?? []));
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
  if (remember(list, post)) table.persons += 1;
  while (table.persons > knownPersonsMax && table.lists.size > 1) {
    forgetList(table, list);
    counters.listsEvicted += 1;
  }
}

/** True for a stranger. */
function remember(list: ListState, { person, at }: { readonly person: string; readonly at: number }): boolean {
  const { memory } = list;
  if (list.changes === undefined) return rememberPerson(memory, person, at);
  const slices = sliceCount(memory);
  const known = firstSeenAt(memory, person);
  const isNew = rememberPerson(memory, person, at);
  if (firstSeenAt(memory, person) !== known) noteChunk(list, sliceOf(memory, person));
  if (sliceCount(memory) !== slices) for (let slice = 0; slice < sliceCount(memory); slice += 1) noteChunk(list, slice);
  return isNew;
}

export function noteReply(list: ListState, at: number, warmReplies: number): void {
  noteChange(list);
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
  noteGone(victim);
  dropPosts(table, victim);
}

export function createList(
  sighting: { readonly address: string; readonly via: ListEvidence; readonly at: number },
  settings: DetectorSettings,
  changes: Changes | undefined,
): ListState {
  const rules = rulesForList(settings, sighting.address);
  return {
    kind: "list",
    ...chunked(changes),
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
    used: 0,
  };
}
