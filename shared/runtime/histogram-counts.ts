// Values as they come -> how many lie below each bound: a histogram that costs a few comparisons and makes nothing.

/** Seconds, from what a person would not notice to ten minutes. */
const LATENCY_BOUNDS_S: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export class HistogramCounts {
  /** Upper bounds, ascending; a value on a bound belongs to it. */
  readonly bounds: readonly number[];
  /** Values at or below a bound and above the one before it; the last element holds those above every bound. */
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[] = LATENCY_BOUNDS_S) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** What is no number is not counted; a negative value (two clocks disagree) counts as 0. */
  observe(value: number): void {
    if (!Number.isFinite(value)) return;
    const measured = Math.max(0, value);
    let bucket = 0;
    while (bucket < this.bounds.length && measured > (this.bounds[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += measured;
    this.count += 1;
  }
}
