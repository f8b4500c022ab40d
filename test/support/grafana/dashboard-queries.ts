// Everything that a dashboard asks: queries of panels, of annotations and of variables.

import type { DashboardFile, DashboardPanel } from "./dashboard-file.ts";
import { panelsOf } from "./dashboard-file.ts";

export interface DashboardQuery {
  /** Title of the panel, or what else asks, and which query of it. */
  readonly name: string;
  /** InfluxQL or PromQL, with variables. */
  readonly text: string;
  /** Undefined: it is no panel's. */
  readonly panel: DashboardPanel | undefined;
  /** Of PromQL: as it is now, not over time. */
  readonly isInstant: boolean;
  /** How a line is called. */
  readonly legend: string | undefined;
}

export function queriesOf(dashboard: DashboardFile): DashboardQuery[] {
  return [...panelsOf(dashboard).flatMap(ofPanel), ...ofAnnotations(dashboard), ...ofVariables(dashboard)];
}

function ofPanel(panel: DashboardPanel): DashboardQuery[] {
  return panel.targets.map(({ refId, query, expr, instant = false, alias, legendFormat }) => ({
    name: panel.targets.length === 1 ? panel.title : `${panel.title} ${refId}`,
    text: query ?? expr ?? "",
    panel,
    isInstant: instant,
    legend: alias ?? legendFormat,
  }));
}

const NO_PANEL = { panel: undefined, isInstant: true, legend: undefined } as const;

function ofAnnotations({ annotations }: DashboardFile): DashboardQuery[] {
  return annotations.list.map(({ name, target }) => ({
    ...NO_PANEL,
    name: `annotation ${name}`,
    text: target.query ?? target.expr ?? "",
  }));
}

function ofVariables({ templating }: DashboardFile): DashboardQuery[] {
  return templating.list
    .filter(({ type }) => type === "query")
    .map(({ name, query }) => ({
      ...NO_PANEL,
      name: `variable ${name}`,
      text: typeof query === "string" ? query : query.query,
    }));
}

/** `label_values(metric, label)`, as a variable asks a Prometheus; undefined: it is something else. */
export function labelValuesOf(text: string): { readonly metric: string; readonly label: string } | undefined {
  const [, metric, label] = /^label_values\((\w+), (\w+)\)$/u.exec(text) ?? [];
  return metric === undefined || label === undefined ? undefined : { metric, label };
}
