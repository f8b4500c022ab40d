// What the assembler has seen and holds -> Prometheus metrics, summed over the partitions of this process.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { AssemblerPartition } from "../../assembler/assembler-partition-shell.ts";
import { addMailMetrics } from "../standalone/mail-metrics.ts";
import { addProgressDropped } from "./progress-metrics.ts";
import { foldsOf, type StageService } from "./stage-service.ts";
import { sumOf, summed } from "./summed.ts";

/** `service`: undefined until the brokers answered. */
export function addAssemblerMetrics(metrics: Metrics, service: () => StageService | undefined): void {
  const assemblers = () => foldsOf(service(), AssemblerPartition).flatMap((fold) => fold.assemblers);
  addMailMetrics(metrics, {
    assembler: {
      counters: () => summed(assemblers().map(({ counters }) => counters)),
      openMails: () => sumOf(assemblers(), ({ openMails }) => openMails),
    },
    detector: undefined,
  });
  const partitions = () => foldsOf(service(), AssemblerPartition);
  const sites = "Lines of mail systems beyond the room for them, which are lost.";
  metrics.counter({ name: "squall_sites_dropped_total", help: sites }, (sample) =>
    sample(sumOf(partitions(), ({ sitesDropped }) => sitesDropped)),
  );
  addProgressDropped(metrics, () => sumOf(partitions(), ({ progressDropped }) => progressDropped));
}
