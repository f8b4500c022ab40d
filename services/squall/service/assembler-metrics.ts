// What the assembler has seen and holds -> Prometheus metrics, summed over the partitions of this process.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { AssemblerPartition } from "../../assembler/assembler-partition-shell.ts";
import { addMailMetrics } from "../standalone/mail-metrics.ts";
import { addProgressDropped } from "./progress-metrics.ts";
import type { CountedStage } from "./service-metrics.ts";
import { foldsOf } from "./stage-service.ts";

/** `service`: undefined until the brokers answered. */
export function addAssemblerMetrics(metrics: Metrics, service: () => CountedStage | undefined): void {
  const counts = () => service()?.counts ?? {};
  addMailMetrics(metrics, {
    assembler: {
      counters: counts,
      openMails: () =>
        foldsOf(service(), AssemblerPartition).flatMap(({ assemblers }) =>
          assemblers.map(({ openMails }) => openMails),
        ),
    },
    detector: undefined,
  });
  const sites = "Lines of mail systems beyond the room for them, which are lost.";
  metrics.counter({ name: "squall_sites_dropped_total", help: sites }, (sample) => sample(counts()["sitesDropped"]));
  addProgressDropped(metrics, () => counts()["progressDropped"]);
}
