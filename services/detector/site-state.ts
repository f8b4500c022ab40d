// Everything the detector knows of one site (one mail system).

import type { DetectorSettings } from "../../shared/domain/detector-settings.ts";
import type { StormListener } from "../../shared/domain/storm-account.ts";
import type { AddDeliveries } from "./delivery-ledger.ts";
import type { DetectorCounters } from "./detector-counters.ts";
import type { DetectorOutput } from "./detector.ts";
import { type Client, type ClientTable, createClientTable } from "./clients.ts";
import { rememberedRules, type RulesForList } from "./list-rules.ts";
import { createListTable, type ListTable } from "./list-table.ts";
import { createMessageTable, type MessageTable } from "./message-table.ts";
import type { PackedReader } from "./packed-step.ts";
import { createPersonTable, type PersonTable } from "./persons.ts";
import { Seen } from "./seen.ts";
import type { Storm } from "./storm.ts";
import type { Advise } from "./storm-evidence.ts";
import { createThreadTable, type Thread, type ThreadTable } from "./thread-table.ts";
import type { Changes } from "./tracked.ts";
import { createWindowTable, siteRow, type WindowTable } from "./thread-windows.ts";

/** Places of the caches, powers of two. */
const HAND_OVERS = 1 << 14;
const WRITERS = 1 << 17;

export interface SiteState {
  readonly site: string;
  settings: DetectorSettings;
  readonly counters: DetectorCounters;
  readonly advise: Advise;
  readonly messages: MessageTable;
  readonly persons: PersonTable;
  readonly clients: ClientTable;
  /** Machines that handed over packed mails, by host and client. */
  readonly handOvers: Seen<Client>;
  /** Logins and machines forgotten, of all sites, when these two were last emptied for it. */
  evictionsSeen: number;
  /** Writers of packed mails that were noted. */
  readonly writers: Seen<true>;
  /** Undefined when mails never come packed. */
  readonly packed: PackedReader | undefined;
  /** Undefined when nobody wants the whole of a storm. */
  readonly listener: StormListener | undefined;
  readonly lists: ListTable;
  readonly threads: ThreadTable;
  readonly windows: WindowTable;
  /** Storms and watches that are open, or ended less than the hysteresis ago. */
  storms: Storm[];
  /** Messages that storms hold, over all of them. */
  stormMessages: number;
  /** Messages that ever joined a storm, one by one. */
  stormJoins: number;
  /** Storms the current step has something to say of. */
  touched: Storm[];
  /** Alerts already built in this step: the end of a storm that the same step may begin anew. */
  readonly said: DetectorOutput[];
  readonly nearest: Thread[];
  readonly totals: SiteTotals;
  /** Adds deliveries to the site's window. */
  readonly addDeliveries: AddDeliveries;
  /** Some list rule configures an audience. */
  audiencesConfigured: boolean;
  /** Rules of a list, also of one that is not known yet; remembered by address. */
  rulesOf: (address: string) => RulesForList;
  /** Only ticks move it. */
  watermark: number;
  /** Undefined when nobody asks what changed. */
  readonly changes: Changes | undefined;
}

export interface SiteTotals {
  messages: number;
  fanOuts: number;
  headersLogged: number;
  threadHeaders: number;
  threads: number;
  opened: number;
  watches: number;
}

export function createSiteState(
  site: string,
  settings: DetectorSettings,
  deps: {
    readonly counters: DetectorCounters;
    readonly advise: Advise;
    readonly packed: PackedReader | undefined;
    readonly listener?: StormListener | undefined;
    readonly changes?: Changes | undefined;
  },
): SiteState {
  const { changes } = deps;
  const windows = createWindowTable(changes);
  return {
    site,
    settings,
    counters: deps.counters,
    advise: deps.advise,
    messages: createMessageTable(changes),
    persons: createPersonTable(settings, changes),
    clients: createClientTable(settings, changes),
    handOvers: new Seen(HAND_OVERS),
    evictionsSeen: 0,
    writers: new Seen(WRITERS),
    packed: deps.packed,
    listener: deps.listener,
    lists: createListTable(changes),
    threads: createThreadTable(),
    windows,
    storms: [],
    stormMessages: 0,
    stormJoins: 0,
    touched: [],
    said: [],
    nearest: [],
    totals: { messages: 0, fanOuts: 0, headersLogged: 0, threadHeaders: 0, threads: 0, opened: 0, watches: 0 },
    addDeliveries: (minute, delivered) => {
      const row = siteRow(windows, site, minute, settings);
      if (row === undefined) deps.counters.deliveriesExpired += delivered;
      else row.deliveries += delivered;
    },
    rulesOf: rememberedRules(settings),
    audiencesConfigured: someAudience(settings),
    watermark: Number.NEGATIVE_INFINITY,
    changes,
  };
}

/** Does some list rule configure an audience? */
export function someAudience(settings: DetectorSettings): boolean {
  return settings.listRules.some((rule) => rule.audience !== undefined);
}
