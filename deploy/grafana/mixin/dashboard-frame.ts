// What both dashboards have alike: a name for ever, a data source to be chosen, links to each other, the browser's time, a look every 10 s.

import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";

export interface DashboardFrame {
  readonly title: string;
  /** Part of its address, and of links to it: never another. */
  readonly uid: string;
  readonly description: string;
  readonly datasource: { readonly type: "influxdb" | "prometheus"; readonly label: string };
  readonly from: string;
}

const TAG = "squall";

export function dashboardOf({ title, uid, description, datasource, from }: DashboardFrame): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .timezone("browser")
    .time({ from, to: "now" })
    .refresh("10s")
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new DashboardLinkBuilder("squall")
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(false)
        .keepTime(true)
        .includeVars(false),
    )
    .withVariable(new DatasourceVariableBuilder("datasource").label(datasource.label).type(datasource.type));
}
