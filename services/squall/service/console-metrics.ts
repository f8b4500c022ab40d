// What the console counts -> Prometheus metrics.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import type { ConsolePage } from "./console-service.ts";
import { sampleLag } from "./partition-series.ts";
import { addProgress } from "./progress-metrics.ts";

/** What is read of it. */
export interface CountedConsole {
  readonly reader:
    | Pick<NonNullable<ConsolePage["reader"]>, "lag" | "readAtMs" | "rebalances" | "records" | "unreadable">
    | undefined;
  readonly console: {
    readonly stream: Pick<ConsolePage["console"]["stream"], "size" | "skipped">;
    readonly state: Pick<ConsolePage["console"]["state"], "dropped">;
  };
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
  gauge({ name: "squall_console_pages", help: "Pages that are open." }, (sample) => sample(page.console.stream.size));
  const dropped = "Threads, lists and sites of the last hour that were forgotten for want of room.";
  counter({ name: "squall_console_dropped_total", help: dropped }, (sample) => sample(page.console.state.dropped));
  const skipped = "Views that a slow page was spared.";
  counter({ name: "squall_console_views_skipped_total", help: skipped }, (sample) =>
    sample(page.console.stream.skipped),
  );
}
