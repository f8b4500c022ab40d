// What the alerter told -> what metrics read of it: the same as of standalone.

import type { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import { AlerterPartition } from "../../alerter/alerter-partition-shell.ts";
import type { TellingCounts } from "../standalone/receiver-metrics.ts";
import type { HeartbeatCounts } from "../standalone/standalone-counts.ts";
import type { CountedStage } from "./service-metrics.ts";
import { foldsOf } from "./stage-service.ts";

export interface AlerterCounts {
  /** From the decision until a receiver took the alert, s. */
  readonly notificationLatency: HistogramCounts;
  readonly heartbeat: () => HeartbeatCounts | undefined;
}

/** `service`: undefined until the brokers answered. The topic of alerts has one partition: a process has it, or waits for it. */
export function tellingCounts(service: () => CountedStage | undefined, counts: AlerterCounts): TellingCounts {
  const folds = () => foldsOf(service(), AlerterPartition);
  return {
    ...counts,
    receivers: () => folds().flatMap(({ telling }) => telling.status().receivers),
    silences: () => folds().reduce((sum, { silences }) => sum + silences.size().silences, 0),
  };
}
