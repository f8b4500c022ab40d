// How long things take in standalone and in the services, counted for the metrics: from the time of an event to each stage of the word about it.

import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import type { LatencyStage } from "./standalone-counts.ts";

export class EventTimes {
  readonly latency: Readonly<Record<LatencyStage, HistogramCounts>> = {
    read: new HistogramCounts(),
    decided: new HistogramCounts(),
    flushed: new HistogramCounts(),
  };
  readonly notification = new HistogramCounts();
  readonly flushTime = new HistogramCounts();

  /** Lines were read whose latest is of `eventTimeMs`. */
  read(nowMs: number, eventTimeMs: number): void {
    this.latency.read.observe((nowMs - eventTimeMs) / 1000);
  }

  decided(nowMs: number, { detectedAt }: StormAlert): void {
    this.latency.decided.observe((nowMs - detectedAt) / 1000);
  }

  flushed(nowMs: number, { detectedAt }: StormAlert): void {
    this.latency.flushed.observe((nowMs - detectedAt) / 1000);
  }

  /** `latencyMs`: since it was decided. */
  told(latencyMs: number): void {
    this.notification.observe(latencyMs / 1000);
  }

  flush(tookMs: number): void {
    this.flushTime.observe(tookMs / 1000);
  }
}
