// What a live page counts -> Prometheus metrics, of standalone and of `squall console`.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import type { PageCounts } from "../../console/console-shell.ts";

/** `counts`: undefined where there is no page. */
export function addPageMetrics({ counter, gauge }: Metrics, counts: () => PageCounts | undefined): void {
  gauge({ name: "squall_console_pages", help: "Live pages that are open." }, (sample) => sample(counts()?.pages));
  const one = (name: string, help: string, of: keyof PageCounts): void =>
    counter({ name, help }, (sample) => sample(counts()?.[of]));
  one(
    "squall_console_dropped_total",
    "Threads, lists and sites of the last hour, storms, and sites' progress, that the live page forgot for want of room.",
    "dropped",
  );
  one("squall_console_views_skipped_total", "Views that a slow page was spared.", "skipped");
  one("squall_console_pages_given_up_total", "Pages that took nothing for half a minute, cut off.", "givenUp");
  one("squall_console_faults_total", "Answers of the live page that could not be made: faults of squall.", "faults");
}
