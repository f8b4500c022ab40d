// a MailEvent -> the same with as many references and lists as are looked at: the first reference, which is the thread's root,
// and the last ones; the surest lists. A filter's log names recipients beside the list, and any of them may sort before it.

import { LIST_EVIDENCE, type ListSighting, type MailEvent } from "../../shared/domain/mail-event.ts";
import type { SiteState } from "./site-state.ts";

type Hinted = Pick<MailEvent, "lists" | "hints">;

export function boundedEvent<T extends Hinted>(site: SiteState, event: T): T {
  const { listsPerMessageMax, referencesMax } = site.settings.bounds;
  const listsSurplus = event.lists.length > listsPerMessageMax;
  const surplus = Math.max(0, event.hints.references.length - referencesMax);
  if (!listsSurplus && surplus === 0) return event;
  const lists = listsSurplus ? surestLists(site, event.lists, listsPerMessageMax) : event.lists;
  // Recipients that were handed on are mere candidates: to leave some out is no loss.
  const listLost = event.lists.some((sighting) => isSure(sighting) && !lists.includes(sighting));
  if (surplus > 0 || listLost) site.counters.hintsDropped += 1;
  const references = event.hints.references.filter((_, index) => index === 0 || index > surplus);
  return { ...event, lists, hints: { ...event.hints, references } };
}

/** By evidence, then in the order in which they are given, which they keep. */
function surestLists(site: SiteState, lists: readonly ListSighting[], max: number): ListSighting[] {
  const doubt = new Map(lists.map((sighting) => [sighting, doubtOf(site, sighting)]));
  const byDoubt = lists.toSorted((one, other) => (doubt.get(one) ?? 0) - (doubt.get(other) ?? 0));
  const surest = new Set(byDoubt.slice(0, max));
  return lists.filter((sighting) => surest.has(sighting));
}

/** A candidate that the settings name is as sure as a List-Id. */
function doubtOf(site: SiteState, sighting: ListSighting): number {
  if (!isSure(sighting) && site.rulesOf(sighting.address).named) return LIST_EVIDENCE.indexOf("list-id");
  return LIST_EVIDENCE.indexOf(sighting.via);
}

function isSure({ via }: ListSighting): boolean {
  return via !== "expanded" && via !== "header";
}
