// A dashboard as it is committed: what of it Grafana asks, shows and lays out.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../../e2e/squall-process.ts";

export const DASHBOARDS = join(ROOT, "deploy/grafana/dashboards");

const source = z.object({ type: z.enum(["influxdb", "prometheus"]), uid: z.string() });
const target = z.looseObject({
  datasource: source,
  refId: z.string(),
  /** InfluxQL. */
  query: z.string().optional(),
  resultFormat: z.enum(["time_series", "table"]).optional(),
  alias: z.string().optional(),
  /** PromQL. */
  expr: z.string().optional(),
  instant: z.boolean().optional(),
  legendFormat: z.string().optional(),
});

const panel = z.looseObject({
  id: z.number(),
  type: z.enum(["stat", "table", "timeseries"]),
  title: z.string(),
  description: z.string(),
  datasource: source,
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(target).min(1),
  timeFrom: z.string().optional(),
  interval: z.string().optional(),
  options: z.looseObject({ reduceOptions: z.object({ fields: z.string(), values: z.boolean() }).optional() }),
  fieldConfig: z.object({
    defaults: z.looseObject({ noValue: z.string(), unit: z.string().optional() }),
    overrides: z.array(
      z.object({ matcher: z.object({ id: z.string(), options: z.string() }), properties: z.array(z.unknown()) }),
    ),
  }),
  transformations: z.array(z.object({ id: z.string(), options: z.unknown() })).optional(),
});

const row = z.looseObject({
  id: z.number(),
  type: z.literal("row"),
  title: z.string(),
  collapsed: z.boolean(),
  gridPos: panel.shape.gridPos,
  panels: z.array(panel),
});

const dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number(),
  timezone: z.string(),
  refresh: z.string(),
  editable: z.boolean(),
  tags: z.array(z.string()),
  links: z.array(z.looseObject({ type: z.string(), tags: z.array(z.string()) })),
  templating: z.object({
    list: z.array(
      z.looseObject({
        type: z.enum(["datasource", "query"]),
        name: z.string(),
        datasource: source.optional(),
        query: z.union([z.string(), z.looseObject({ query: z.string() })]),
      }),
    ),
  }),
  annotations: z.object({
    list: z.array(z.looseObject({ name: z.string(), datasource: source, target: target })).default([]),
  }),
  panels: z.array(z.discriminatedUnion("type", [row, panel])),
});

export type DashboardPanel = z.infer<typeof panel>;
export type DashboardFile = z.infer<typeof dashboard>;

/** `name`: of the file. */
export function readDashboard(name: string): DashboardFile {
  return dashboard.parse(JSON.parse(readFileSync(join(DASHBOARDS, name), "utf8")));
}

/** All that show something, those within closed rows too. */
export function panelsOf({ panels }: DashboardFile): DashboardPanel[] {
  return panels.flatMap((one) => (one.type === "row" ? one.panels : [one]));
}
