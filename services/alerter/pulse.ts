// What detectors say of their sites' time -> does the whole way go on, from the lines to the alerts? A detector's word comes as far as the
// alerts only where it lives, and moves only where ingest and assembler do: they tell it the time. Which partitions of the detectors ever
// spoke is state; how far they have come is said again within a minute.

import { decodedState, type PutEntry } from "../../shared/domain/state-value.ts";
import type { StreamProgress } from "../../shared/domain/stream-progress.ts";
import { decodeLine, refuse, requiredItems, type WireObject } from "../../shared/domain/wire-object.ts";

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

  /** It is `nowMs` by our clock; whatever spoke before spoke now. */
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
    const decoded = decodeLine(value.toString("utf8"), readPartitions);
    for (const partition of decodedState(PULSE_KEY, decoded)) this.movedAtMs.set(partition, Number.NaN);
  }
}

/** One at least: before the first nothing is kept. */
function readPartitions(object: WireObject): number[] {
  const readItem = (partition: unknown, key: string): number | undefined => {
    if (Number.isSafeInteger(partition) && Number(partition) >= 0) return Number(partition);
    refuse(object, "wrong-type", key);
    return undefined;
  };
  const partitions = requiredItems(object, "partitions", { max: SITES_MAX, readItem });
  if (partitions.length === 0) refuse(object, "out-of-range", "partitions");
  return partitions;
}
