// Pictures minute by minute of what InfluxDB has.

import type { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { INFLUXDB, lines, MINUTE, overTime, type OverTime } from "../influxql.ts";
import { graph, type GraphPlan } from "../panels.ts";
import { refIdOf } from "../ref-id.ts";

export interface MinuteGraphPlan
  extends Omit<GraphPlan, "datasource" | "targets" | "unit" | "interval">, Omit<OverTime, "select"> {
  /** A line or a stack of bars each; an alias such as `$tag_site` has one for each value. */
  readonly series: readonly { readonly select: string; readonly alias: string }[];
}

export function minuteGraph({ from, where, by, series, ...plan }: MinuteGraphPlan): TimeSeriesBuilder {
  return graph({
    ...plan,
    datasource: INFLUXDB,
    targets: series.map(({ select, alias }, index) =>
      lines(overTime({ select, from, where, ...(by === undefined ? {} : { by }) }), {
        alias,
        refId: refIdOf(index),
      }),
    ),
    unit: "short",
    interval: MINUTE,
  });
}
