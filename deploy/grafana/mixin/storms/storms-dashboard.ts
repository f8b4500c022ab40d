// The dashboard for the postmaster: is there a storm, where, since when, how fast, how large, and what was it like. InfluxQL throughout, the one
// language of InfluxDB 1.8, 2.x and 3.x.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
  type DashboardBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboardOf } from "../dashboard-frame.ts";
import { IN_TIME, INFLUXDB, OF_SITES, target } from "../influxql.ts";
import { stormDrillDown } from "./storm-drill-down.ts";
import { STORMS_UID } from "./storm-links.ts";
import { stormNow } from "./storm-now.ts";
import { stormTables } from "./storm-tables.ts";
import { stormTimeline } from "./storm-timeline.ts";

export function stormsDashboard(): DashboardBuilder {
  const dashboard = dashboardOf({
    title: "Storms",
    uid: STORMS_UID,
    description:
      "Reply-all storms: is there one, which list, how fast, how large. From the InfluxDB that `squall recorder` writes to.",
    datasource: { type: "influxdb", label: "InfluxDB" },
    from: "now-3h",
  });
  dashboard.annotation(words()).withVariable(sites()).withVariable(lists()).withVariable(threads());
  dashboard.withRow(new RowBuilder("Now"));
  for (const panel of stormNow()) dashboard.withPanel(panel);
  dashboard.withRow(new RowBuilder("Minute by minute"));
  for (const panel of stormTimeline()) dashboard.withPanel(panel);
  dashboard.withRow(new RowBuilder("Who, and when"));
  for (const panel of stormTables()) dashboard.withPanel(panel);
  for (const row of stormDrillDown()) dashboard.withRow(row);
  return dashboard;
}

/** Whatever squall said of storms, at the time at which it was decided. The order of the columns is the one that Grafana reads. */
function words(): Builder<AnnotationQuery> {
  const query = `SELECT "title", "text", "tags" FROM "squall_storms" WHERE ${IN_TIME} AND ${OF_SITES}`;
  return new AnnotationQueryBuilder()
    .name("What squall said")
    .datasource(INFLUXDB)
    .enable(true)
    .iconColor("red")
    .target(
      target({
        query,
        refId: "annotationQuery",
        queryType: "tags",
        fromAnnotations: true,
        titleColumn: "title",
        textColumn: "text",
        tagsColumn: "tags",
      }),
    );
}

function sites(): QueryVariableBuilder {
  return tagValues("site", "squall_traffic", []).label("Site").multi(true);
}

function lists(): QueryVariableBuilder {
  return tagValues("list", "squall_lists", [OF_SITES]).label("List");
}

function threads(): QueryVariableBuilder {
  return tagValues("thread", "squall_threads", [OF_SITES])
    .label("Thread")
    .description("A hash of the thread's key; choose one by clicking it in a table.");
}

/** “All” stands for any value: ten thousand names in each query would be too many. */
function tagValues(tag: string, measurement: string, where: readonly string[]): QueryVariableBuilder {
  const condition = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
  const query = `SHOW TAG VALUES FROM "${measurement}" WITH KEY = "${tag}"${condition}`;
  return new QueryVariableBuilder(tag)
    .datasource(INFLUXDB)
    .query({ query, refId: "InfluxVariableQueryEditor-VariableQuery" })
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
    .includeAll(true)
    .allValue(".*")
    .current({ text: "All", value: "$__all" });
}
