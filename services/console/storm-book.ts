// StormAlerts -> the last word on every storm, and the history of what was told. An alert that comes again changes nothing.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { CALM_MS } from "./last-hour.ts";

/** A watch that ends says nothing: it is over where nobody answered for the half hour that the detector waits, and some time to say so. */
const WATCH_CALM_MS = CALM_MS + 5 * MINUTE_MS;
/** Of a storm its end is told; not where the detector gave it up for want of room, or lost its state. */
const UNTOLD_END_MS = 2 * 3_600_000;
const OVER_KEPT_MS = 2 * 3_600_000;

export interface BookLimits {
  readonly stormsMax: number;
  readonly alertsMax: number;
}

/** What is known of a storm beside its alerts. */
export interface StormTimes {
  /** How far the mail of its site was read at least, event time in ms. */
  readonly readToMs: number;
  /** Event time of the last answer that may be one of it, as windows tell, ms; -Infinity: they tell of none. */
  readonly lastReplyAt: number;
}

export class StormBook {
  /** Storms and watches given up for want of room. */
  dropped = 0;
  /** The newest last. */
  private readonly alerts: StormAlert[] = [];
  private readonly storms = new Map<string, StormAlert>();
  private readonly limits: BookLimits;

  constructor(limits: BookLimits) {
    this.limits = limits;
  }

  /** True: it was news. */
  add(alert: StormAlert): boolean {
    const known = this.storms.get(alert.stormId);
    if (known !== undefined && known.revision >= alert.revision) return false;
    this.storms.delete(alert.stormId);
    this.storms.set(alert.stormId, alert);
    this.alerts.push(alert);
    if (this.alerts.length > this.limits.alertsMax) this.alerts.shift();
    this.makeRoom();
    return true;
  }

  /** The newest first. */
  history(): readonly StormAlert[] {
    return this.alerts.toReversed();
  }

  /** The last word on each: storms that are open, the worst first, then watches and what has ended lately by our clock, the newest first. */
  at(nowMs: number, timesOf: (alert: StormAlert) => StormTimes): readonly StormAlert[] {
    const all = [...this.storms.values()];
    const openLists = new Set(all.filter((alert) => rank(alert) < RANKS.watch).map(listOf));
    for (const [stormId, alert] of this.storms) {
      // A watch of a list that has a storm by now is a part of it.
      const isPart = rank(alert) === RANKS.watch && alert.list !== undefined && openLists.has(listOf(alert));
      if (isPart || isPast(alert, nowMs, timesOf(alert))) this.storms.delete(stormId);
    }
    return [...this.storms.values()].sort(
      (one, other) => rank(one) - rank(other) || precedence(other) - precedence(one),
    );
  }

  /** What has ended goes first, then watches, and the eldest of these. */
  private makeRoom(): void {
    if (this.storms.size <= this.limits.stormsMax) return;
    let [least] = this.storms.values();
    for (const alert of this.storms.values()) if (least === undefined || rank(alert) > rank(least)) least = alert;
    if (least === undefined) return;
    this.storms.delete(least.stormId);
    this.dropped += 1;
  }
}

export function isOver({ type }: StormAlert): boolean {
  return type === "storm.resolved";
}

/** Two sites may have lists of one name. */
function listOf({ site, list }: StormAlert): string {
  return `${site}\n${list ?? ""}`;
}

function isPast(alert: StormAlert, nowMs: number, { readToMs, lastReplyAt }: StormTimes): boolean {
  if (isOver(alert)) return nowMs - (alert.resolvedAt ?? alert.detectedAt) >= OVER_KEPT_MS;
  const silentMs = readToMs - Math.max(alert.detectedAt, lastReplyAt);
  return silentMs >= (alert.severity === "watch" ? WATCH_CALM_MS : UNTOLD_END_MS);
}

const RANKS = { critical: 0, warning: 1, watch: 2 } as const;
const RANK_OVER = 3;

/** Of a storm what it has done; of a watch, and of what is over, how new it is. */
function precedence(alert: StormAlert): number {
  return rank(alert) < RANKS.watch ? alert.evidence.deliveriesSoFar : alert.detectedAt;
}

function rank(alert: StormAlert): number {
  return isOver(alert) ? RANK_OVER : RANKS[alert.severity];
}
