// What the alerter told -> Prometheus metrics: the same as standalone has.

import type { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { AlerterPartition } from "../../alerter/alerter-partition-shell.ts";
import type { HeartbeatCounts } from "../standalone/standalone-counts.ts";
import { addReceiverMetrics } from "../standalone/receiver-metrics.ts";
import { foldsOf, type StageService } from "./stage-service.ts";

export interface AlerterCounts {
  /** From the decision until a receiver took the alert, s. */
  readonly notificationLatency: HistogramCounts;
  readonly heartbeat: () => HeartbeatCounts | undefined;
}

/** `service`: undefined until the brokers answered. The topic of alerts has one partition: a process has it, or waits for it. */
export function addAlerterMetrics(
  metrics: Metrics,
  service: () => StageService | undefined,
  counts: AlerterCounts,
): void {
  const folds = () => foldsOf(service(), AlerterPartition);
  addReceiverMetrics(metrics, {
    ...counts,
    receivers: () => folds().flatMap(({ telling }) => telling.status().receivers),
    silences: () => folds().reduce((sum, { silences }) => sum + silences.size().silences, 0),
  });
}
