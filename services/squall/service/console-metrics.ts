// What the console counts -> Prometheus metrics.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import type { ConsolePage } from "./console-service.ts";
import { sampleLag } from "./partition-series.ts";
import { addProgress } from "./progress-metrics.ts";
import { addPageMetrics } from "../standalone/page-metrics.ts";

/** What is read of it. */
export interface CountedConsole {
  readonly reader:
    | Pick<NonNullable<ConsolePage["reader"]>, "lag" | "readAtMs" | "rebalances" | "records" | "unreadable">
    | undefined;
  readonly console: Pick<ConsolePage["console"], "counts">;
  readonly progress: Pick<ConsolePage["progress"], "dropped">;
}

export function addConsoleMetrics(metrics: Metrics, page: CountedConsole): void {
  const { counter, gauge } = metrics;
  counter({ name: "squall_records_consumed_total", help: "Records read.", labels: ["topic"] }, (sample) => {
    for (const [topic, count] of page.reader?.records ?? []) sample(count, { topic });
  });
  const unreadable = "Lines that are neither windows nor alerts; the recorder and the alerter put them aside.";
  counter({ name: "squall_records_rejected_total", help: unreadable, labels: ["reason"] }, (sample) => {
    sample(page.reader?.unreadable ?? 0, { reason: "unreadable" });
  });
  const lag = "Records behind what was read.";
  gauge({ name: "squall_consumer_lag_records", help: lag, labels: ["topic", "partition"] }, (sample) => {
    const lags = page.reader?.lag ?? [];
    sampleLag(
      sample,
      lags.map((one) => ({ ...one, lagRecords: one.records })),
    );
  });
  addProgress(metrics, {
    help: "When something was last read.",
    rebalances: () => page.reader?.rebalances,
    progressAtMs: () => page.reader?.readAtMs,
  });
  addPageMetrics(metrics, () => {
    const { counts } = page.console;
    return { ...counts, dropped: counts.dropped + page.progress.dropped };
  });
}
