// The dashboard for who runs squall: is it well, does it keep up, does what it finds get through. PromQL throughout.

import {
  type DashboardBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboardOf } from "../dashboard-frame.ts";
import { healthRow } from "./health-row.ts";
import { latencyRow } from "./latency-row.ts";
import { memoryRow, membersRow, processRow } from "./memory-row.ts";
import { outputRow } from "./output-row.ts";
import { PROMETHEUS } from "./promql-panels.ts";
import { readingRow } from "./reading-row.ts";

export function itselfDashboard(): DashboardBuilder {
  const dashboard = dashboardOf({
    title: "Squall itself",
    uid: "squall-itself",
    description:
      "Is squall well: standalone or services, from the Prometheus that scrapes them, with the rules of squall-rules.yml loaded.",
    datasource: { type: "prometheus", label: "Prometheus" },
    from: "now-6h",
  });
  dashboard.withVariable(jobs());
  const rows = {
    "Is squall well?": healthRow(),
    "Does it keep up?": readingRow(),
    "How long does it take?": latencyRow(),
    "Does it get through?": outputRow(),
    "What does it hold?": memoryRow(),
    "Who has which partition?": membersRow(),
    "What does it take?": processRow(),
  };
  for (const [title, panels] of Object.entries(rows)) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels) dashboard.withPanel(panel);
  }
  return dashboard;
}

function jobs(): QueryVariableBuilder {
  const query = "label_values(squall_build_info, job)";
  return new QueryVariableBuilder("job")
    .label("Job")
    .datasource(PROMETHEUS)
    .query({ qryType: 1, query, refId: "PrometheusVariableQueryEditor-VariableQuery" })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: "All", value: "$__all" });
}
