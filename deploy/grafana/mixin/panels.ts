// Panels as both dashboards have them: a text, a number or a state in a tile, lines or bars over time, rows in a table.

import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  type DataSourceRef,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  VisibilityMode,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type DataTransformerConfig,
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  SpecialValueMatch,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

export interface PanelPlan {
  readonly title: string;
  /** What it says and what it does not, for whoever has not read the page. */
  readonly description: string;
  readonly datasource: DataSourceRef;
  readonly targets: readonly Builder<Dataquery>[];
  /** Of 24 columns. */
  readonly width: number;
  readonly height?: number;
  /** As Grafana names it: `s`, `bytes`, `percentunit`. */
  readonly unit?: string;
  readonly decimals?: number;
  /** Least interval, where data come no oftener. */
  readonly interval?: string;
  /** Values at which the colour changes, lowest first; the first holds from the beginning. */
  readonly steps?: readonly Threshold[];
  /** Said in place of "No data". */
  readonly noValue?: string;
}

export interface TilePlan extends PanelPlan {
  readonly mappings?: readonly ValueMapping[];
  /** What is shown of the answer, a regular expression; default: its numbers. */
  readonly fields?: string;
  /** Each row of the answer, not one value of all. */
  readonly eachRow?: boolean;
  /** What one value is made of many by; default: the last. */
  readonly calculation?: "lastNotNull" | "mean";
  /** The colour fills the tile. */
  readonly isFilled?: boolean;
  /** Looks so far back, whatever the dashboard does, as long as the dashboard looks up to now. */
  readonly timeFrom?: string;
  readonly hasLine?: boolean;
}

const ROWS_MAX = 3;

/** Nothing was found: `text` in that colour. */
export function ifNothing(text: string, color: string): ValueMapping {
  return { type: MappingType.SpecialValue, options: { match: SpecialValueMatch.NullAndNan, result: { text, color } } };
}

export function ifAtLeast(from: number, text: string, color: string): ValueMapping {
  return { type: MappingType.RangeToText, options: { from, to: null, result: { text, color } } };
}

export function tile(plan: TilePlan): StatBuilder {
  const { fields = "", eachRow = false, calculation = "lastNotNull", isFilled = false, hasLine = false } = plan;
  const reduced = new ReduceDataOptionsBuilder().calcs([calculation]).fields(fields).values(eachRow);
  if (eachRow) reduced.limit(ROWS_MAX);
  const panel = common(new StatBuilder(), plan, 4)
    .reduceOptions(reduced)
    .colorMode(isFilled ? BigValueColorMode.Background : BigValueColorMode.Value)
    .graphMode(hasLine ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .textMode(BigValueTextMode.Value)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(plan.steps ?? [{ value: null, color: "text" }]))
    .mappings([...(plan.mappings ?? [])]);
  if (plan.timeFrom !== undefined) panel.timeFrom(plan.timeFrom).hideTimeOverride(true);
  return panel;
}

export interface GraphPlan extends PanelPlan {
  /** Counts of an interval are bars; a missing one is a gap. */
  readonly style?: "bars" | "lines";
  readonly isStacked?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export function graph(plan: GraphPlan): TimeSeriesBuilder {
  const { style = "lines", isStacked = false, steps, min = 0, max } = plan;
  const panel = common(new TimeSeriesBuilder(), plan, 8)
    .drawStyle(style === "bars" ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .fillOpacity(style === "bars" ? 70 : 10)
    .lineWidth(1)
    .showPoints(VisibilityMode.Auto)
    .min(min)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (max !== undefined) panel.max(max);
  if (isStacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
  if (steps !== undefined) panel.thresholds(thresholds(steps));
  return panel;
}

export interface TablePlan extends PanelPlan {
  /** By column: its name as shown, unit, links and so on. */
  readonly columns?: Readonly<Record<string, readonly DynamicConfigValue[]>>;
  /** Columns that tell nothing. */
  readonly without?: readonly string[];
  /** What Grafana does with the rows before it shows them. */
  readonly transformations?: readonly DataTransformerConfig[];
}

export function table(plan: TablePlan): TableBuilder {
  const { columns = {}, without = [], transformations = [] } = plan;
  const panel = common(new TableBuilder(), plan, 8).showHeader(true);
  for (const [column, properties] of Object.entries(columns)) panel.overrideByName(column, [...properties]);
  for (const transformation of transformations) panel.withTransformation(transformation);
  if (without.length > 0) {
    const excludeByName = Object.fromEntries(without.map((column) => [column, true]));
    panel.withTransformation({ id: "organize", options: { excludeByName, indexByName: {}, renameByName: {} } });
  }
  return panel;
}

export const shownAs = (name: string): DynamicConfigValue => ({ id: "displayName", value: name });
export const inUnit = (unit: string): DynamicConfigValue => ({ id: "unit", value: unit });
export const wide = (pixels: number): DynamicConfigValue => ({ id: "custom.width", value: pixels });
export const mapped = (...mappings: readonly ValueMapping[]): DynamicConfigValue => ({
  id: "mappings",
  value: mappings,
});

/** A link in the cells of a column. */
export function leadsTo(title: string, url: string): DynamicConfigValue {
  return { id: "links", value: [{ title, url, targetBlank: false }] };
}

export function words(options: Readonly<Record<string, { readonly text: string; readonly color: string }>>) {
  return { type: MappingType.ValueToText, options } as const;
}

interface AnyPanel<Panel> {
  title(title: string): Panel;
  description(description: string): Panel;
  datasource(datasource: DataSourceRef): Panel;
  targets(targets: Builder<Dataquery>[]): Panel;
  span(columns: number): Panel;
  height(rows: number): Panel;
  unit(unit: string): Panel;
  decimals(decimals: number): Panel;
  interval(interval: string): Panel;
  noValue(text: string): Panel;
}

function common<Panel extends AnyPanel<Panel>>(panel: Panel, plan: PanelPlan, usualHeight: number): Panel {
  const { title, description, datasource, targets, width, height = usualHeight } = plan;
  panel
    .title(title)
    .description(description)
    .datasource(datasource)
    .targets([...targets]);
  panel.span(width).height(height);
  if (plan.unit !== undefined) panel.unit(plan.unit);
  if (plan.decimals !== undefined) panel.decimals(plan.decimals);
  if (plan.interval !== undefined) panel.interval(plan.interval);
  if (plan.noValue !== undefined) panel.noValue(plan.noValue);
  return panel;
}

function thresholds(steps: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);
}
