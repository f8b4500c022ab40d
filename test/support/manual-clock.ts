// A clock whose time passes when the test says so; timers fire in order, each at its own time.

import type { Clock } from "../../shared/runtime/clock.ts";

interface Timer {
  readonly atMs: number;
  readonly act: () => void;
}

export class ManualClock implements Clock {
  private now: number;
  private readonly timers = new Set<Timer>();

  constructor(startMs: number) {
    this.now = startMs;
  }

  nowMs(): number {
    return this.now;
  }

  after(delayMs: number, act: () => void): () => void {
    const timer = { atMs: this.now + Math.max(0, delayMs), act };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** When the next timer fires; undefined when none is set. */
  nextAtMs(): number | undefined {
    let next: number | undefined;
    for (const { atMs } of this.timers) next = Math.min(next ?? atMs, atMs);
    return next;
  }

  /** Lets time pass; everything that falls due on the way happens. */
  pass(durationMs: number): void {
    this.passTo(this.now + durationMs);
  }

  /** The machine slept, or somebody set the clock: what fell due meanwhile happens now. */
  jump(durationMs: number): void {
    this.now += durationMs;
    this.passTo(this.now);
  }

  passTo(endMs: number): void {
    for (let next = this.earliest(); next !== undefined && next.atMs <= endMs; next = this.earliest()) {
      this.timers.delete(next);
      this.now = Math.max(this.now, next.atMs);
      next.act();
    }
    this.now = Math.max(this.now, endMs);
  }

  private earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.timers) if (earliest === undefined || timer.atMs < earliest.atMs) earliest = timer;
    return earliest;
  }
}
