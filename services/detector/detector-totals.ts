// the detector's state -> how much it has seen and how much it holds, for metrics: sums and sizes, nothing sorted or copied.

import type { DetectorState } from "./detector.ts";
import type { SiteState } from "./site-state.ts";

export interface DetectorTotals {
  /** Distinct messages, small ones included; those that reached many; those of them with header lines in the log. */
  readonly messages: number;
  readonly fanOuts: number;
  readonly fanOutsWithHeaders: number;
  readonly threads: number;
  readonly stormsOpened: number;
  readonly watchesBegun: number;
  /** Held now. */
  readonly stormsOpen: number;
  readonly held: {
    readonly windows: number;
    readonly fanOuts: number;
    readonly threads: number;
    readonly threadIds: number;
    readonly lists: number;
    /** Writers of lists. */
    readonly listPersons: number;
    readonly logins: number;
    readonly clients: number;
  };
}

/** How full the fullest table of a kind is, of all sites: 1 is its bound. */
export type TableFill = Readonly<Record<string, number>>;

/** Event time that every site has come to, ms; Infinity where none has begun. */
export function leastWatermark({ sites }: DetectorState): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { watermark } of sites.values()) if (Number.isFinite(watermark)) least = Math.min(least, watermark);
  return least;
}

/** Each site has tables of its own. */
export function tableFill({ sites, settings: { bounds } }: DetectorState): TableFill {
  const fullest = (entries: (site: SiteState) => number, max: number): number =>
    Math.max(0, ...Array.from(sites.values(), entries)) / max;
  return {
    sites: sites.size / bounds.sitesMax,
    windows: fullest(({ windows }) => windows.rowCount, bounds.windowsMax),
    "fan-outs": fullest(({ messages }) => messages.fanOuts.size, bounds.fanOutsMax),
    threads: fullest(({ threads }) => threads.threads.size, bounds.threadsMax),
    "thread-ids": fullest(({ threads }) => threads.ids.size, bounds.threadIdsMax),
    lists: fullest(({ lists }) => lists.lists.size, bounds.listsMax),
    "list-persons": fullest(({ lists }) => lists.persons, bounds.knownPersonsMax),
    logins: fullest(({ persons }) => persons.logins.size, bounds.loginsMax),
    clients: fullest(({ clients }) => clients.clients.size, bounds.clientsMax),
    storms: fullest(({ storms }) => storms.length, bounds.stormsMax),
  };
}

export function detectorTotals(state: DetectorState): DetectorTotals {
  const sites = [...state.sites.values()];
  const sum = (read: (site: SiteState) => number): number => sites.reduce((total, site) => total + read(site), 0);
  return {
    messages: sum(({ totals }) => totals.messages),
    fanOuts: sum(({ totals }) => totals.fanOuts),
    fanOutsWithHeaders: sum(({ totals }) => totals.headersLogged),
    threads: sum(({ totals }) => totals.threads),
    stormsOpened: sum(({ totals }) => totals.opened),
    watchesBegun: sum(({ totals }) => totals.watches),
    stormsOpen: sum(({ storms }) => storms.filter(({ opened, ended }) => opened && !ended).length),
    held: {
      windows: sum(({ windows }) => windows.rowCount),
      fanOuts: sum(({ messages }) => messages.fanOuts.size),
      threads: sum(({ threads }) => threads.threads.size),
      threadIds: sum(({ threads }) => threads.ids.size),
      lists: sum(({ lists }) => lists.lists.size),
      listPersons: sum(({ lists }) => lists.persons),
      logins: sum(({ persons }) => persons.logins.size),
      clients: sum(({ clients }) => clients.clients.size),
    },
  };
}
