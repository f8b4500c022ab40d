import type { Metrics } from "../../../shared/runtime/metrics.ts";

/** Of assembler and detector, which both listen to what inputs say of their progress. */
export function addProgressDropped({ counter }: Metrics, dropped: () => number): void {
  const help = "Words of inputs beyond the 100 of a site that are waited for.";
  counter({ name: "squall_progress_dropped_total", help }, (sample) => sample(dropped()));
}
