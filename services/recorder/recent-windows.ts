// Windows of threads that nobody watches yet, kept a while: when a watch comes, the minutes before it are wanted too.
// The thread that was heard of least lately is forgotten first.

import { RecencyMap } from "./recency-map.ts";

export interface RecentBounds {
  /** Of all threads. */
  readonly windowsMax: number;
  /** Of one thread: its latest. */
  readonly perThreadMax: number;
}

export class RecentWindows<Kept> {
  /** Windows kept, for metrics. */
  size = 0;
  /** Threads that were forgotten for want of room. */
  forgotten = 0;
  private readonly bounds: RecentBounds;
  private readonly threads = new RecencyMap<Map<number, Kept>>();

  constructor(bounds: RecentBounds) {
    this.bounds = bounds;
  }

  /** A window told again takes the place of the first. */
  keep(thread: string, windowStart: number, kept: Kept): void {
    const windows = this.threads.get(thread) ?? new Map<number, Kept>();
    this.threads.set(thread, windows);
    const before = windows.size;
    windows.delete(windowStart);
    windows.set(windowStart, kept);
    if (windows.size > this.bounds.perThreadMax) {
      const [first] = windows.keys();
      if (first !== undefined) windows.delete(first);
    }
    this.size += windows.size - before;
    while (this.size > this.bounds.windowsMax) this.forgetOldest();
  }

  /** What is known of a thread, which is forgotten here. */
  take(thread: string): readonly Kept[] {
    const windows = this.threads.get(thread);
    if (windows === undefined) return [];
    this.threads.delete(thread);
    this.size -= windows.size;
    return [...windows.values()];
  }

  private forgetOldest(): void {
    this.size -= this.threads.takeOldest()?.size ?? 0;
    this.forgotten += 1;
  }
}
