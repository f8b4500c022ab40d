// ThreadWindow, StormAlert -> what of them goes into InfluxDB. A plain fold: no clock, no client.
//
// Sites and lists are recorded always. A thread is recorded from its first watch on: an alert names it, or its score reaches that
// of a watch. What is known of the minutes before is recorded then too. What a series too many would say is left out and
// counted: its mail is in the windows of its list and site all the same.

import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import type { Point } from "./points/point.ts";
import { stormPoint } from "./points/storm-point.ts";
import { threadId } from "./points/thread-id.ts";
import { windowPoint } from "./points/window-point.ts";
import { RecencyMap } from "./recency-map.ts";
import type { RecentBounds } from "./recent-windows.ts";
import { RecentWindows } from "./recent-windows.ts";
import { SeriesCap } from "./series-cap.ts";

export interface RecorderBounds extends RecentBounds {
  readonly threadSeriesPerDay: number;
  readonly listSeriesPerDay: number;
  /** Of alerts: each is a series. */
  readonly stormSeriesPerDay: number;
  /** Threads remembered as watched; the one heard of least lately is forgotten first. */
  readonly watchedMax: number;
  /** The score at which the detector sets a watch. */
  readonly watchScore: number;
}

export const defaultRecorderBounds: RecorderBounds = {
  threadSeriesPerDay: 1_000,
  listSeriesPerDay: 10_000,
  stormSeriesPerDay: 10_000,
  watchedMax: 10_000,
  windowsMax: 20_000,
  perThreadMax: 120,
  watchScore: 7,
};

export interface RecorderCounters {
  /** By what became of them. `unwatched`: windows of threads not worth a series (yet). */
  recorded: number;
  unwatched: number;
  /** Windows of a thread or list, and alerts, beyond the day's series. */
  threadsOverCap: number;
  listsOverCap: number;
  stormsOverCap: number;
  /** Watches that were forgotten for want of room. */
  watchesForgotten: number;
}

/** A point with what it was made of, for the dead letter that it may become. */
export interface Recorded<Origin> {
  readonly point: Point;
  /** The line that it was, or one that says the same. */
  readonly encode: () => string;
  readonly origin: Origin;
}

/** `Origin`: where in the log a window or alert stood. */
export class Recorder<Origin> {
  readonly counters: RecorderCounters = {
    recorded: 0,
    unwatched: 0,
    threadsOverCap: 0,
    listsOverCap: 0,
    stormsOverCap: 0,
    watchesForgotten: 0,
  };
  private readonly bounds: RecorderBounds;
  private readonly recent: RecentWindows<{ readonly window: ThreadWindow; readonly origin: Origin }>;
  private readonly watched = new RecencyMap<true>();
  private readonly threadCap: SeriesCap;
  private readonly listCap: SeriesCap;
  private readonly stormCap: SeriesCap;

  constructor(bounds: RecorderBounds = defaultRecorderBounds) {
    this.bounds = bounds;
    this.recent = new RecentWindows(bounds);
    this.threadCap = new SeriesCap(bounds.threadSeriesPerDay);
    this.listCap = new SeriesCap(bounds.listSeriesPerDay);
    this.stormCap = new SeriesCap(bounds.stormSeriesPerDay);
  }

  get windowsKept(): number {
    return this.recent.size;
  }

  get threadsForgotten(): number {
    return this.recent.forgotten;
  }

  addWindow(window: ThreadWindow, origin: Origin): Recorded<Origin>[] {
    if (window.scope === "site") return this.record([{ window, origin }]);
    if (window.scope === "list") {
      if (this.listCap.admit(`${window.site}\n${window.key}`, window.windowStart))
        return this.record([{ window, origin }]);
      this.counters.listsOverCap += 1;
      return [];
    }
    const thread = threadId(window.site, window.key);
    if (window.score >= this.bounds.watchScore || this.watched.has(thread)) {
      return this.recordThread(thread, [...this.watch(thread), { window, origin }]);
    }
    this.counters.unwatched += 1;
    this.recent.keep(thread, window.windowStart, { window, origin });
    return [];
  }

  addAlert(alert: StormAlert, origin: Origin): Recorded<Origin>[] {
    const thread = threadId(alert.site, alert.threadKey);
    const before = this.recordThread(thread, this.watch(thread));
    const point = stormPoint(alert);
    if (point === undefined) return before;
    if (!this.stormCap.admit(`${alert.stormId}\n${alert.revision}`, alert.detectedAt)) {
      this.counters.stormsOverCap += 1;
      return before;
    }
    this.counters.recorded += 1;
    return [...before, { point, encode: () => encodeStormAlert(alert), origin }];
  }

  /** Marks a thread; what was kept of it until now. */
  private watch(thread: string): ReturnType<typeof this.recent.take> {
    this.watched.set(thread, true);
    if (this.watched.size > this.bounds.watchedMax) {
      this.watched.takeOldest();
      this.counters.watchesForgotten += 1;
    }
    return this.recent.take(thread);
  }

  private recordThread(
    thread: string,
    windows: ReadonlyArray<{ readonly window: ThreadWindow; readonly origin: Origin }>,
  ): Recorded<Origin>[] {
    const admitted = windows.filter(({ window }) => this.threadCap.admit(thread, window.windowStart));
    this.counters.threadsOverCap += windows.length - admitted.length;
    return this.record(admitted);
  }

  private record(
    windows: ReadonlyArray<{ readonly window: ThreadWindow; readonly origin: Origin }>,
  ): Recorded<Origin>[] {
    this.counters.recorded += windows.length;
    return windows.map(({ window, origin }) => {
      return { point: windowPoint(window), encode: () => encodeThreadWindow(window), origin };
    });
  }
}
