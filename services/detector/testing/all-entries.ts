// a detector -> the entries that tell all of it, whatever was told before: what a state log must hold at that moment. Small mails are
// left out: their journal holds what happened, not what is.

import type { DetectorState } from "../detector.ts";
import { noteChange, type TrackedObject } from "../tracked.ts";
import type { DetectorEntries } from "../state/detector-entries.ts";
import { reachableObjects } from "../state/reachable.ts";
import { SiteChanges } from "../state/site-changes.ts";

export type StoredEntries = Map<string, Buffer>;

/** Keeps entries as a state log does: the last value of every key that is not forgotten. */
export function tellInto(entries: DetectorEntries, stored: StoredEntries): number {
  let told = 0;
  const keys = new Set<string>();
  entries.changes((key, value) => {
    told += 1;
    if (keys.has(key)) throw new Error(`${key} was told twice`);
    keys.add(key);
    if (value === undefined) stored.delete(key);
    else stored.set(key, Buffer.from(value));
  });
  return told;
}

/** The entries must have been told up to now. */
export function allEntries(state: DetectorState, entries: DetectorEntries): StoredEntries {
  for (const { changes, ...site } of state.sites.values()) {
    if (!(changes instanceof SiteChanges)) continue;
    changes.lastTold.clear();
    for (const object of reachableObjects({ ...site, changes })) {
      if (object.kind !== "storm") object.chunksTold = 0;
      if (object.kind === "thread") object.replies.touched = true;
      if (object.kind === "list") object.posters.touched = true;
      noteChange(object);
    }
    const { messages, windows, persons, clients } = site;
    const others: Iterable<TrackedObject>[] = [
      ...[messages.fanOuts, messages.young, messages.old, windows.minutes].map((map) => map.values()),
      ...[...windows.minutes.values()].map(({ rows }) => rows.values()),
      persons.logins.values(),
      clients.clients.values(),
    ];
    for (const objects of others) for (const object of objects) noteChange(object);
  }
  const all: StoredEntries = new Map();
  tellInto(entries, all);
  return all;
}
