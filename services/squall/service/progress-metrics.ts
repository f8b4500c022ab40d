// What several services tell of how they get on -> Prometheus metrics.

import type { Metrics } from "../../../shared/runtime/metrics.ts";

/** Of assembler and detector, which both listen to what inputs say of their progress. */
export function addProgressDropped({ counter }: Metrics, dropped: () => number | undefined): void {
  const help = "Words of inputs beyond the 100 of a site that are waited for.";
  counter({ name: "squall_progress_dropped_total", help }, (sample) => sample(dropped()));
}

export interface MemberProgress {
  /** What counts as progress. */
  readonly help: string;
  readonly rebalances: () => number | undefined;
  /** ms since the epoch. */
  readonly progressAtMs: () => number | undefined;
}

/** Of every member of a consumer group. Undefined: no broker has answered yet. */
export function addProgress({ counter, gauge }: Metrics, { help, rebalances, progressAtMs }: MemberProgress): void {
  counter({ name: "squall_rebalances_total", help: "How often partitions were given or taken." }, (sample) =>
    sample(rebalances()),
  );
  gauge({ name: "squall_last_progress_timestamp_seconds", help }, (sample) => {
    const atMs = progressAtMs();
    sample(atMs === undefined ? undefined : atMs / 1000);
  });
}
