// What ingest made of lines -> Prometheus metrics, summed over the partitions that this process has, or had.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { addLatency, type CountedStage } from "./service-metrics.ts";

/** `service`: undefined until the brokers answered. */
export function addIngestMetrics(metrics: Metrics, service: () => CountedStage | undefined): void {
  const { counter } = metrics;
  counter({ name: "squall_lines_read_total", help: "Lines of the records that were read." }, (sample) =>
    sample(service()?.counts["lines"]),
  );
  counter({ name: "squall_lines_used_total", help: "Lines that told something of a mail." }, (sample) =>
    sample(service()?.counts["used"]),
  );
  addLatency(metrics, service, ["read"]);
}
