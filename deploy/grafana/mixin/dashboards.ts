// The files of deploy/grafana/dashboards, as they are to be.

import type { Dashboard, DashboardBuilder, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import { itselfDashboard } from "./itself/itself-dashboard.ts";
import { stormsDashboard } from "./storms/storms-dashboard.ts";

export const dashboardFiles: Readonly<Record<string, () => Dashboard>> = {
  "squall-storms.json": () => numbered(stormsDashboard()),
  "squall-itself.json": () => numbered(itselfDashboard()),
};

/** Each panel with a number of its own, since links to a panel name it. */
function numbered(builder: DashboardBuilder): Dashboard {
  const dashboard = builder.build();
  // The kit puts both into a menu, unasked, and knows no way out of it.
  for (const shown of [...(dashboard.links ?? []), ...(dashboard.annotations.list ?? [])]) delete shown.placement;
  let last = 0;
  const number = (panel: Panel | RowPanel): void => {
    last += 1;
    panel.id = last;
  };
  for (const panel of dashboard.panels ?? []) {
    number(panel);
    if ("panels" in panel) for (const inner of panel.panels) number(inner);
  }
  return dashboard;
}
