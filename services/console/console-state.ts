// ThreadWindows and StormAlerts -> the view of an operator. Bounded: threads and lists that have been silent longest go first.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import { shownText } from "../../shared/domain/storm-alert-words.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { encodeWireTime } from "../../shared/domain/wire-time.ts";
import { detail, endedWords, headline, minuteIn, quietDetail, unknownDetail } from "./console-words.ts";
import type { ConsoleStateName, ConsoleView, HealthView, RatesView, ScopeView, StormView } from "./console-view.ts";
import { firstMinute, HOUR_MINUTES, type HourOf, hourSums, LastHour, minuteValues, isShown } from "./last-hour.ts";
import { isOver, StormBook, type StormTimes } from "./storm-book.ts";
import { alertNow, alertView, type Silencing, stormState, stormView } from "./storm-view.ts";

export interface ConsoleBounds {
  readonly threadsMax: number;
  readonly listsMax: number;
  readonly sitesMax: number;
  readonly stormsMax: number;
  readonly alertsMax: number;
  /** Windows of the hour that a restart brings back. */
  readonly keptWindowsMax: number;
}

export const defaultConsoleBounds: ConsoleBounds = {
  threadsMax: 2_000,
  listsMax: 2_000,
  sitesMax: 200,
  stormsMax: 200,
  alertsMax: 100,
  // 300 threads that are written to in every minute; 6 MB of state.
  keptWindowsMax: 20_000,
};

/** Threads and lists that are shown. */
const TOP_MAX = 20;
const KEY_CHARS_MAX = 320;
/** How far behind a site may be of which nobody says how far it was read: its storms are shown until then. */
const UNHEARD_MS = 24 * 3_600_000;
/** Storms and watches of which all is told in a view: on a very bad day there are hundreds. */
export const STORMS_SHOWN = 12;

/** Undefined: whoever is to be told of it is. */
export type SilenceOf = (alert: StormAlert) => Silencing | undefined;

export interface ViewOf {
  /** Our clock, ms since the epoch. */
  readonly nowMs: number;
  /** How far the mail of a site was read, event time in ms: `nowMs`, less what its log is behind. Undefined: not known. */
  readonly eventTimeMs?: ((site: string) => number | undefined) | undefined;
  /** What would tell of a storm is read. */
  readonly isKnown?: boolean;
  /** From when on windows would be there, if nothing older came, ms. Undefined: the whole hour. */
  readonly watchedFromMs?: number | undefined;
  readonly silenceOf?: SilenceOf | undefined;
  readonly timeZone: string;
  readonly health: readonly HealthView[];
  readonly stormsShown?: number;
}

export class ConsoleState {
  private readonly threads: LastHour;
  private readonly lists: LastHour;
  private readonly sites: LastHour;
  private readonly book: StormBook;
  /** Start of the eldest window of a site that came, ms. */
  private eldestWindow = Number.POSITIVE_INFINITY;

  constructor(bounds: ConsoleBounds = defaultConsoleBounds) {
    this.threads = new LastHour(bounds.threadsMax);
    this.lists = new LastHour(bounds.listsMax);
    this.sites = new LastHour(bounds.sitesMax);
    this.book = new StormBook(bounds);
  }

  /** What was given up for want of room. */
  get dropped(): number {
    return this.threads.dropped + this.lists.dropped + this.sites.dropped + this.book.dropped;
  }

  addWindow(window: ThreadWindow): void {
    if (window.scope === "site") {
      this.eldestWindow = Math.min(this.eldestWindow, window.windowStart);
      this.sites.add(window);
      return;
    }
    const hours = window.scope === "thread" ? this.threads : this.lists;
    if (isShown(window) || hours.has(window)) hours.add(window);
  }

  /** True: it was news. */
  addAlert(alert: StormAlert): boolean {
    return this.book.add(alert);
  }

  view(options: ViewOf): ConsoleView {
    const { nowMs, timeZone, health, stormsShown = STORMS_SHOWN, eventTimeMs, isKnown = true, silenceOf } = options;
    const knownFromMs = this.knownFrom(options);
    // A log that is behind has the rates of its own time, not none.
    const timeOf = (site: string): number => Math.min(nowMs, eventTimeMs?.(site) ?? nowMs);
    const readTo = (site: string): number =>
      eventTimeMs === undefined ? nowMs : Math.min(nowMs, eventTimeMs(site) ?? nowMs - UNHEARD_MS);
    const all = this.book.at(nowMs, (alert) => this.timesOf(alert, readTo(alert.site)));
    const storms = all.slice(0, stormsShown).map((alert) => this.storm(alert, timeOf(alert.site), silenceOf?.(alert)));
    const rates = this.rates(nowMs);
    const { state, count, isCritical } = stateOf(all, isKnown);
    return {
      v: 1,
      at: encodeWireTime(nowMs),
      timeZone,
      state,
      headline: headline(state, count, isCritical),
      detail:
        state === "calm"
          ? endedWords(storms[0], timeZone) +
            quietDetail(
              rates,
              knownFromMs === undefined ? "in the last hour" : `since ${minuteIn(timeZone, knownFromMs)}`,
            )
          : state === "unknown"
            ? unknownDetail(health, rates)
            : detail(storms[0], count - 1, timeZone),
      storms,
      moreStorms: all.length - storms.length,
      rates,
      ...(knownFromMs === undefined ? {} : { knownFrom: encodeWireTime(knownFromMs) }),
      threads: topOf(this.threads, nowMs, timeOf).map((row) => withSubject(row, all)),
      lists: topOf(this.lists, nowMs, timeOf),
      alerts: this.book.history().map(alertView),
      health,
    };
  }

  private storm(alert: StormAlert, eventTimeMs: number, silence: Silencing | undefined): StormView {
    const hour = this.hourOf(alert);
    // Windows that have not come as far as the alert know less than it.
    const isBehind = hour === undefined || isOver(alert) || eventTimeMs < alert.detectedAt - MINUTE_MS;
    const asOf = isBehind ? undefined : alertNow(alert, hourSums(hour, eventTimeMs, alert.startedAt), eventTimeMs);
    return stormView(alert, asOf, silence);
  }

  private hourOf({ site, list, threadKey, scopes }: StormAlert): HourOf | undefined {
    const onList = list !== undefined && scopes.includes("list");
    return onList ? this.lists.get({ site, key: list }) : this.threads.get({ site, key: threadKey });
  }

  /** A storm may go on in another list or thread than that by which its alert is known: any answer of its site may be one of it. */
  private timesOf(alert: StormAlert, readToMs: number): StormTimes {
    const hour =
      stormState(alert) === "open" ? this.sites.get({ site: alert.site, key: alert.site }) : this.hourOf(alert);
    return { readToMs, lastReplyAt: hour?.answeredAt ?? Number.NEGATIVE_INFINITY };
  }

  /** Undefined: the hour is known from its first minute on. */
  private knownFrom({ nowMs, isKnown = true, watchedFromMs }: ViewOf): number | undefined {
    // Where nobody reads, nothing is known but what windows told.
    const fromMs = Math.min(watchedFromMs ?? (isKnown ? Number.NEGATIVE_INFINITY : nowMs), this.eldestWindow);
    return fromMs > firstMinute(nowMs) ? fromMs : undefined;
  }

  private rates(nowMs: number): RatesView {
    const replyAlls = Array.from({ length: HOUR_MINUTES }, () => 0);
    const deliveries = Array.from({ length: HOUR_MINUTES }, () => 0);
    for (const hour of this.sites.upTo(nowMs)) {
      addTo(
        replyAlls,
        minuteValues(hour, nowMs, (window) => window.replyAlls),
      );
      addTo(
        deliveries,
        minuteValues(hour, nowMs, (window) => window.deliveries),
      );
    }
    return { from: encodeWireTime(firstMinute(nowMs)), replyAlls, deliveries };
  }
}

function topOf(hours: LastHour, nowMs: number, timeOf: (site: string) => number): ScopeView[] {
  const rows = [...hours.upTo(nowMs)].map((hour) => ({ hour, sums: hourSums(hour, timeOf(hour.site)) }));
  const answered = rows.filter(({ sums }) => Number.isFinite(sums.lastReplyAt));
  answered.sort(
    ({ sums: one, hour: first }, { sums: other, hour: second }) =>
      other.score - one.score || other.replyAlls - one.replyAlls || (first.key < second.key ? -1 : 1),
  );
  return answered.slice(0, TOP_MAX).map(({ hour, sums }) => scopeView(hour, sums, nowMs));
}

function scopeView(hour: HourOf, sums: ReturnType<typeof hourSums>, nowMs: number): ScopeView {
  return {
    site: shownText(hour.site, KEY_CHARS_MAX),
    key: shownText(hour.key, KEY_CHARS_MAX),
    ...(hour.list === undefined ? {} : { list: shownText(hour.list, KEY_CHARS_MAX) }),
    replyAlls: sums.replyAlls,
    repliersAtLeast: sums.repliersAtLeast,
    repliersAtMost: sums.repliersAtMost,
    reach: sums.reach,
    repliesPerMinute: sums.repliesPerMinute,
    growth: sums.growth,
    score: sums.score,
    deliveries: sums.deliveries,
    lastReplyAt: encodeWireTime(sums.lastReplyAt),
    minutes: minuteValues(hour, nowMs, (window) => window.replyAlls),
  };
}

interface CountedState {
  readonly state: ConsoleStateName;
  /** How many are in it. */
  readonly count: number;
  readonly isCritical: boolean;
}

/** A storm that was told of is one, known or not; that there is none nobody says who does not know. */
function stateOf(all: readonly StormAlert[], isKnown: boolean): CountedState {
  const open = all.filter((alert) => stormState(alert) === "open");
  const isCritical = open.some(({ severity }) => severity === "critical");
  if (open.length > 0) return { state: "storm", count: open.length, isCritical };
  const { length: count } = all.filter((alert) => stormState(alert) === "watch");
  return { state: count > 0 ? "watch" : isKnown ? "calm" : "unknown", count, isCritical };
}

/** A thread is known to people by its subject, which an alert of it told. */
function withSubject(row: ScopeView, told: readonly StormAlert[]): ScopeView {
  const subject = told.find(({ site, threadKey }) => site === row.site && threadKey === row.key)?.subject;
  return subject === undefined ? row : { ...row, subject: shownText(subject, KEY_CHARS_MAX) };
}

function addTo(sums: number[], values: readonly number[]): void {
  values.forEach((value, index) => (sums[index] = (sums[index] ?? 0) + value));
}
