// What the assembler has seen and holds -> Prometheus metrics, summed over the partitions of this process.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { AssemblerPartition } from "../../assembler/assembler-partition-shell.ts";
import { addMailMetrics } from "../standalone/mail-metrics.ts";
import { foldsOf, type StageService } from "./stage-service.ts";
import { summed } from "./summed.ts";

/** `service`: undefined until the brokers answered. */
export function addAssemblerMetrics(metrics: Metrics, service: () => StageService | undefined): void {
  const assemblers = () => foldsOf(service(), AssemblerPartition).flatMap((fold) => fold.assemblers);
  addMailMetrics(metrics, {
    assembler: {
      counters: () => summed(assemblers().map(({ counters }) => counters)),
      openMails: () => assemblers().reduce((sum, { openMails }) => sum + openMails, 0),
    },
    detector: undefined,
  });
}
