// What each receiver was told of each storm: decides later words, so it is kept over a restart, one state entry a storm.

import type { Told } from "./routing.ts";

interface ToldStorm {
  atMs: number;
  readonly byReceiver: Map<string, Told>;
}

export class ToldStorms {
  private readonly stormsMax: number;
  private readonly keepMs: number;
  /** In order of the last word. */
  private readonly storms = new Map<string, ToldStorm>();
  private readonly onChange: (stormKey: string) => void;
  /** Storms forgotten for want of room. */
  evicted = 0;

  constructor(bounds: { readonly stormsMax: number; readonly keepMs: number }, onChange: (stormKey: string) => void) {
    this.stormsMax = bounds.stormsMax;
    this.keepMs = bounds.keepMs;
    this.onChange = onChange;
  }

  get(stormKey: string, receiver: string): Told | undefined {
    return this.storms.get(stormKey)?.byReceiver.get(receiver);
  }

  set(stormKey: string, receiver: string, told: Told): void {
    this.storms.get(stormKey)?.byReceiver.set(receiver, told);
    this.onChange(stormKey);
  }

  /** As if the receiver had never been told. */
  unset(stormKey: string, receiver: string): void {
    this.storms.get(stormKey)?.byReceiver.delete(receiver);
    this.onChange(stormKey);
  }

  /** A storm has a word to say: it is the youngest now; what is over long ago is forgotten. */
  touch(stormKey: string, nowMs: number): void {
    const storm = this.storms.get(stormKey) ?? { atMs: nowMs, byReceiver: new Map() };
    this.storms.delete(stormKey);
    storm.atMs = nowMs;
    this.storms.set(stormKey, storm);
    this.onChange(stormKey);
    for (const [key, { atMs }] of this.storms) {
      const isOver = atMs < nowMs - this.keepMs;
      if (!isOver && this.storms.size <= this.stormsMax) break;
      if (!isOver) this.evicted += 1;
      this.storms.delete(key);
      this.onChange(key);
    }
  }

  /** undefined: nothing is known of it. */
  entry(stormKey: string): object | undefined {
    const storm = this.storms.get(stormKey);
    if (storm === undefined) return undefined;
    return { v: 1, at: storm.atMs, told: Object.fromEntries(storm.byReceiver) };
  }

  restore(stormKey: string, atMs: number, told: ReadonlyMap<string, Told>): void {
    this.storms.set(stormKey, { atMs, byReceiver: new Map(told) });
  }

  restored(): void {
    const inOrder = [...this.storms].sort(([, a], [, b]) => a.atMs - b.atMs);
    this.storms.clear();
    for (const [key, storm] of inOrder) this.storms.set(key, storm);
  }
}
