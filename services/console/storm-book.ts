// StormAlerts -> the last word on every storm, and the history of what was told. An alert that comes again changes nothing.

import type { StormAlert } from "../../shared/domain/storm-alert.ts";

/** A watch that ends says nothing: one of which nothing more was heard for so long is over. */
const WATCH_KEPT_MS = 2 * 3_600_000;
const OVER_KEPT_MS = 2 * 3_600_000;

export interface BookLimits {
  readonly stormsMax: number;
  readonly alertsMax: number;
}

export class StormBook {
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

  /** The last word on each: storms that are open, the worst first, then watches, then what has ended lately. */
  at(now: number): readonly StormAlert[] {
    for (const [stormId, alert] of this.storms) if (!isShown(alert, now)) this.storms.delete(stormId);
    return [...this.storms.values()].sort(
      (one, other) => rank(one) - rank(other) || other.evidence.deliveriesSoFar - one.evidence.deliveriesSoFar,
    );
  }

  /** What has ended goes first, then watches, and the eldest of these. */
  private makeRoom(): void {
    if (this.storms.size <= this.limits.stormsMax) return;
    let [least] = this.storms.values();
    for (const alert of this.storms.values()) if (least === undefined || rank(alert) > rank(least)) least = alert;
    if (least !== undefined) this.storms.delete(least.stormId);
  }
}

export function isOver({ type }: StormAlert): boolean {
  return type === "storm.resolved";
}

function isShown(alert: StormAlert, now: number): boolean {
  if (isOver(alert)) return now - (alert.resolvedAt ?? alert.detectedAt) < OVER_KEPT_MS;
  return alert.severity !== "watch" || now - alert.detectedAt < WATCH_KEPT_MS;
}

const RANKS = { critical: 0, warning: 1, watch: 2 } as const;
const RANK_OVER = 3;

function rank(alert: StormAlert): number {
  return isOver(alert) ? RANK_OVER : RANKS[alert.severity];
}
