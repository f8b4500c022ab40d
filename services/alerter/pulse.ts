// What detectors say of their sites' time -> does the whole way go on, from the lines to the alerts? A detector's word comes as far as the
// alerts only where it lives, and moves only where ingest and assembler do: they tell it the time. Which partitions of the detectors ever
// spoke is state; how far they have come is said again within a minute.

import { type PutEntry, StateValueError } from "../../shared/domain/state-value.ts";
import type { StreamProgress } from "../../shared/domain/stream-progress.ts";

export const PULSE_KEY = "pulse";

/** So long after the last word that moved a partition is taken for dead: a takeover and a broker's restart are shorter. */
const QUIET_MS = 180_000;
/** Sites that are listened to, over all partitions. */
const SITES_MAX = 10_000;

export class Pulse {
  /** By partition of the detectors: when the time of one of its sites moved on, by our clock. */
  private readonly movedAtMs = new Map<number, number>();
  private readonly comeTo = new Map<string, number>();
  private hasChanged = false;
  private startedAtMs = Number.NaN;

  /** It is `nowMs` by our clock. To be called before the first word. */
  start(nowMs: number): void {
    this.startedAtMs = nowMs;
    for (const partition of this.movedAtMs.keys()) this.movedAtMs.set(partition, nowMs);
  }

  take({ site, partition, at }: StreamProgress, nowMs: number): void {
    if (at === undefined) return;
    const name = `${partition}/${site}`;
    const before = this.comeTo.get(name);
    if (before === undefined && this.comeTo.size >= SITES_MAX) return;
    if (before !== undefined && at <= before) return;
    this.comeTo.set(name, at);
    this.hasChanged ||= !this.movedAtMs.has(partition);
    this.movedAtMs.set(partition, nowMs);
  }

  /** Where no partition ever spoke: for a while after the start. */
  isAlive(nowMs: number): boolean {
    const since = this.movedAtMs.size === 0 ? [this.startedAtMs] : [...this.movedAtMs.values()];
    return since.every((movedAtMs) => nowMs - movedAtMs < QUIET_MS);
  }

  changes(put: PutEntry): void {
    if (!this.hasChanged) return;
    this.hasChanged = false;
    put(PULSE_KEY, Buffer.from(JSON.stringify({ v: 1, partitions: [...this.movedAtMs.keys()] })));
  }

  /** Throws StateValueError. */
  restore(value: Buffer): void {
    const text = value.toString("utf8");
    const read = /^\{"v":1,"partitions":\[(\d+(?:,\d+)*)\]\}$/u.exec(text)?.[1];
    if (read === undefined) throw new StateValueError(PULSE_KEY, { reason: "not-json", detail: text.slice(0, 64) });
    for (const partition of read.split(",")) this.movedAtMs.set(Number(partition), Number.NaN);
  }
}
