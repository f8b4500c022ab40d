// What ingest made of lines -> Prometheus metrics, summed over the partitions of this process.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { IngestPartition } from "../../ingest/ingest-partition-shell.ts";
import { foldsOf, type StageService } from "./stage-service.ts";

/** `service`: undefined until the brokers answered. */
export function addIngestMetrics({ counter }: Metrics, service: () => StageService | undefined): void {
  const sum = (read: (fold: IngestPartition) => number): number | undefined => {
    const folds = foldsOf(service(), IngestPartition);
    return folds.length === 0 ? undefined : folds.reduce((total, fold) => total + read(fold), 0);
  };
  counter({ name: "squall_lines_read_total", help: "Lines of the records that were read." }, (sample) =>
    sample(sum(({ ingest }) => ingest.counters.lines)),
  );
  counter({ name: "squall_lines_used_total", help: "Lines that told something of a mail." }, (sample) =>
    sample(sum(({ ingest }) => ingest.counters.used)),
  );
}
