// the detector's state -> what it has seen, for the summary at the end of a replay.

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { ListEvidence } from "../../shared/domain/mail-event.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import { isWarm } from "./list-table.ts";
import { type NearestThread, nearestThreads } from "./nearest-threads.ts";
import type { SiteState, SiteTotals } from "./site-state.ts";
import type { Storm } from "./storm.ts";

export interface SurveyedList {
  readonly address: string;
  readonly via: ListEvidence;
  readonly audience: number;
  /** Messages to it that reached many. */
  readonly messages: number;
  readonly replyAlls: number;
  /** It knows its writers well enough to tell newcomers. */
  readonly warm: boolean;
}

export interface OpenStorm {
  readonly stormId: string;
  readonly list?: string;
  readonly threadKey: string;
  readonly startedAt: number;
}

export interface DetectorSurvey {
  /** Distinct messages, small ones included. */
  readonly messages: number;
  /** Messages that reached many. */
  readonly fanOutMessages: number;
  readonly threads: number;
  readonly storms: { readonly opened: number; readonly watches: number; readonly stillOpen: readonly OpenStorm[] };
  /** The most used first. */
  readonly lists: readonly SurveyedList[];
  /** Of the messages that reached many: all, with header lines in the log, with a header that ties a thread. */
  readonly headerShare: { readonly total: number; readonly headersLogged: number; readonly withThreadHeaders: number };
  readonly nearest: readonly NearestThread[];
  readonly counters: Readonly<DetectorCounters>;
}

export function surveySites(
  sites: readonly SiteState[],
  settings: DetectorSettings,
  counters: DetectorCounters,
): DetectorSurvey {
  const sum = (field: keyof SiteTotals): number => sites.reduce((total, site) => total + site.totals[field], 0);
  const candidates = sites.flatMap((site) => site.nearest);
  return {
    messages: sum("messages"),
    fanOutMessages: sum("fanOuts"),
    threads: sum("threads"),
    storms: { opened: sum("opened"), watches: sum("watches"), stillOpen: sites.flatMap(openStorms) },
    lists: sites.flatMap(surveyedLists).sort((one, other) => other.messages - one.messages || byAddress(one, other)),
    headerShare: {
      total: sum("fanOuts"),
      headersLogged: sum("headersLogged"),
      withThreadHeaders: sum("threadHeaders"),
    },
    nearest: nearestThreads(candidates, settings.nearestThreads, settings.allowSubject),
    counters: { ...counters },
  };
}

function openStorms(site: SiteState): OpenStorm[] {
  return site.storms.filter((storm) => storm.opened && !storm.ended).map(openStorm);
}

function openStorm(storm: Storm): OpenStorm {
  const [list] = storm.lists;
  return {
    stormId: storm.stormId,
    ...(list === undefined ? {} : { list: list.address }),
    threadKey: storm.threadKey,
    startedAt: storm.startedAt,
  };
}

function surveyedLists(site: SiteState): SurveyedList[] {
  return [...site.lists.lists.values()].map((list) => ({
    address: list.address,
    via: list.via,
    audience: list.audience,
    messages: list.messages,
    replyAlls: list.replyAlls,
    warm: isWarm(list, list.lastAt, site.settings),
  }));
}

function byAddress(one: SurveyedList, other: SurveyedList): number {
  return one.address < other.address ? -1 : 1;
}
