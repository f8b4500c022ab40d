// What an expression of PromQL asks for: metrics, recorded series, labels.

import { METERED, metricsAtTheirBounds } from "./bounded-metrics.ts";
import { familiesOf } from "./exposition-families.ts";

const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/gu;

/** Metrics and recorded series that an expression names; what is Prometheus' own (`up`, `ALERTS`) is not among them. */
export function namesIn(expression: string): string[] {
  const withoutTexts = expression.replaceAll(/"[^"]*"/gu, "");
  return [...new Set(withoutTexts.match(/\b(?:squall_|process_|nodejs_|[a-z]+:squall_)[a-z0-9_:]*/gu) ?? [])];
}

/** Labels that it chooses or groups by. */
export function labelsIn(expression: string): string[] {
  const chosen = Array.from(expression.matchAll(/[{,]\s*([a-z_]+)\s*(?:=~|!~|!=|=)/gu), ([, label = ""]) => label);
  const grouped = Array.from(expression.matchAll(GROUPING), ([, labels = ""]) => labels.split(","));
  const all = [...chosen, ...grouped.flat().map((label) => label.trim())];
  return [...new Set(all)].filter((label) => label !== "");
}

export interface Served {
  /** Names of all series that a process may serve, `x_bucket` and its kin of histograms. */
  readonly series: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

/** Over all processes. */
export async function servedSeries(): Promise<Served> {
  const families = [];
  for (const service of METERED) families.push(...familiesOf(await metricsAtTheirBounds(service).render("text")));
  return {
    series: new Set(families.flatMap(({ series }) => series)),
    labels: new Set(families.flatMap(({ labels }) => labels)),
  };
}
