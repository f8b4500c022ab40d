// What the detector has seen and holds -> Prometheus metrics, summed over the partitions of this process.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { DetectorPartition } from "../../detector/detector-partition-shell.ts";
import { type DetectorTotals, detectorTotals } from "../../detector/detector-totals.ts";
import { addMailMetrics } from "../standalone/mail-metrics.ts";
import { addProgressDropped } from "./progress-metrics.ts";
import { foldsOf, type StageService } from "./stage-service.ts";
import { sumOf, summed } from "./summed.ts";

/** `service`: undefined until the brokers answered. */
export function addDetectorMetrics(metrics: Metrics, service: () => StageService | undefined): void {
  const detectors = () => foldsOf(service(), DetectorPartition).map(({ detector }) => detector);
  addMailMetrics(metrics, {
    assembler: undefined,
    detector: {
      counters: () => summed(detectors().map(({ counters }) => counters)),
      totals: () => sumOfTotals(detectors().map(detectorTotals)),
      watermarkMs: () =>
        Math.max(...detectors().flatMap(({ sites }) => [...sites.values()].map((site) => site.watermark))),
    },
  });
  const partitions = () => foldsOf(service(), DetectorPartition);
  const early = "Events of a backlog that were folded before it was sure that none comes before them.";
  metrics.counter({ name: "squall_backlog_let_go_total", help: early }, (sample) =>
    sample(sumOf(partitions(), ({ letGo }) => letGo)),
  );
  addProgressDropped(metrics, () => sumOf(partitions(), ({ progressDropped }) => progressDropped));
}

function sumOfTotals(all: readonly DetectorTotals[]): DetectorTotals | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const held = all.map((totals) => totals.held);
  return { ...first, ...summed(all), held: { ...first.held, ...summed(held) } };
}
