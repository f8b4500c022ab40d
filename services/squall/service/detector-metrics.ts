// What the detector has seen and holds -> Prometheus metrics, summed over the partitions of this process.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { DetectorPartition } from "../../detector/detector-partition-shell.ts";
import {
  type DetectorTotals,
  detectorTotals,
  leastWatermark,
  type TableFill,
  tableFill,
} from "../../detector/detector-totals.ts";
import { addMailMetrics } from "../standalone/mail-metrics.ts";
import { LATENESS_HELP } from "../standalone/standalone-counts.ts";
import type { Counts } from "./fold-counts.ts";
import { byPartition } from "./partition-series.ts";
import { addProgressDropped } from "./progress-metrics.ts";
import { addLatency, type CountedStage } from "./service-metrics.ts";
import { foldsOf } from "./stage-service.ts";
import { summed } from "./summed.ts";

/** `service`: undefined until the brokers answered. */
export function addDetectorMetrics(metrics: Metrics, service: () => CountedStage | undefined): void {
  const { counter, histogram } = metrics;
  const detectors = () => foldsOf(service(), DetectorPartition).map(({ detector }) => detector);
  const counts = () => service()?.counts ?? {};
  addMailMetrics(metrics, {
    assembler: undefined,
    detector: {
      counters: counts,
      totals: () => sumOfTotals(detectors().map(detectorTotals), counts()),
      fill: () => fullest(detectors().map(tableFill)),
      watermarks: () =>
        byPartition(
          (service()?.runner.status() ?? []).flatMap(({ partition, task }): [number, number][] =>
            task?.fold instanceof DetectorPartition ? [[partition, leastWatermark(task.fold.detector)]] : [],
          ),
          Math.min,
        ),
    },
  });
  const early = "Events of a backlog that were folded before it was sure that none comes before them.";
  counter({ name: "squall_backlog_let_go_total", help: early }, (sample) => sample(counts()["letGo"]));
  addProgressDropped(metrics, () => counts()["progressDropped"]);
  addLatency(metrics, service, ["decided", "flushed"]);
  histogram({ name: "squall_event_lateness_seconds", help: LATENESS_HELP }, (tell) => {
    const one = service();
    if (one !== undefined) tell(one.lateness);
  });
}

/** What is held now, of all; what was seen, as this process saw it. */
function sumOfTotals(all: readonly DetectorTotals[], seen: Counts): DetectorTotals | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const held = all.map((totals) => totals.held);
  return { ...first, ...summed(all), ...seen, held: { ...first.held, ...summed(held) } };
}

function fullest(all: readonly TableFill[]): TableFill {
  const most: Record<string, number> = {};
  for (const fill of all)
    for (const [kind, ratio] of Object.entries(fill)) most[kind] = Math.max(most[kind] ?? 0, ratio);
  return most;
}
