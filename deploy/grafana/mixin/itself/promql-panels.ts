// Queries of Prometheus as the dashboard of squall itself asks them: of the jobs chosen above it.

import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from "@grafana/grafana-foundation-sdk/prometheus";
import { type MixinConfig, defaultMixinConfig } from "../../../prometheus/mixin/mixin-config.ts";
import { series } from "../../../prometheus/mixin/promql.ts";
import { graph, type GraphPlan, inUnit, tile, type TilePlan } from "../panels.ts";
import { refIdOf } from "../ref-id.ts";

/** Of the dashboard's variable. */
export const PROMETHEUS = { type: "prometheus", uid: "${datasource}" } as const;

/** The rules' own, but for the jobs, which are chosen. */
export const chosen: MixinConfig = { ...defaultMixinConfig, selector: 'job=~"$job"' };

/** A metric of the jobs chosen, with further matchers. */
export function of(name: string, ...matchers: readonly string[]): string {
  return series(chosen, name, ...matchers);
}

/** How fast a counter rises, by labels. */
export function rateBy(labels: string, name: string, ...matchers: readonly string[]): string {
  return `sum by (${labels}) (rate(${of(name, ...matchers)}[$__rate_interval]))`;
}

/** Below which that share of a histogram's values lies. */
export function quantileBy(labels: string, share: number, histogram: string): string {
  return `histogram_quantile(${share}, ${rateBy(`${labels}, le`, `${histogram}_bucket`)})`;
}

/** How long ago a time stamp was. */
export function ageOf(name: string): string {
  return `time() - ${of(name)}`;
}

function overTime(expr: string, legend: string, refId: string): Builder<Dataquery> {
  return query(expr, refId).range().legendFormat(legend);
}

function now(expr: string): Builder<Dataquery> {
  return query(expr, "A").instant().legendFormat("__auto");
}

export function rowsNow(expr: string): Builder<Dataquery> {
  return query(expr, "A").instant().format(PromQueryFormat.Table);
}

type WithoutSource<Plan> = Omit<Plan, "datasource" | "targets">;

export function tileOf(expr: string, plan: WithoutSource<TilePlan>) {
  return tile({ ...plan, datasource: PROMETHEUS, targets: [now(expr)] });
}

/** A line of another unit than the picture's has an axis of its own. */
type Line = string | { readonly expr: string; readonly unit: string };

/** Lines by legend: `{ "{{topic}}": "squall_..." }`. */
export function graphOf(lines: Readonly<Record<string, Line>>, plan: WithoutSource<GraphPlan>) {
  const all = Object.entries(lines).map(([legend, line], index) => {
    const { expr, unit } = typeof line === "string" ? { expr: line, unit: undefined } : line;
    return { legend, expr, unit, refId: refIdOf(index) };
  });
  const targets = all.map(({ expr, legend, refId }) => overTime(expr, legend, refId));
  const panel = graph({ ...plan, datasource: PROMETHEUS, targets });
  for (const { refId, unit } of all) if (unit !== undefined) panel.overrideByQuery(refId, [inUnit(unit)]);
  return panel;
}

function query(expr: string, refId: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(PROMETHEUS).refId(refId).expr(expr).editorMode(QueryEditorMode.Code);
}
