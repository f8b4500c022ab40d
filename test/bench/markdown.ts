// numbers -> the bench's Markdown.

import type { Run, Spread } from "./measure.ts";
import { spreadOf } from "./measure.ts";

export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...body].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Median with what it lay between, of wall times. */
export function seconds(runs: readonly Run[]): string {
  if (runs.length === 0) return "";
  const { median, min, max }: Spread = spreadOf(runs.map((run) => run.wallSeconds));
  return `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
}

export function peakMiB(runs: readonly Run[]): string {
  return runs.length === 0 ? "" : Math.max(...runs.map((run) => run.peakMiB)).toFixed(0);
}

export function medianSeconds(runs: readonly Run[] | undefined): number {
  return spreadOf((runs ?? []).map((run) => run.wallSeconds)).median;
}
