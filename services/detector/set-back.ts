// our clock was ahead, and is set back -> what was open by the wrong time ends, so that what comes now is not late by it.
//
// What is remembered of lists, people and threads stays. Storms that were open are told as resolved: their end by the wrong time would
// be hours or years away, and one that still goes on opens anew.

import type { DetectorOutput, DetectorState } from "./detector.ts";
import { ebb, takeAlerts } from "./storm-tide.ts";
import { advanceWindows, windowOf } from "./thread-windows.ts";

/** `watermark`: from now on, ms since the epoch. Alerts come before windows. */
export function setBack(state: DetectorState, watermark: number): readonly DetectorOutput[] {
  const outputs: DetectorOutput[] = [];
  for (const site of state.sites.values()) {
    if (site.watermark <= watermark) continue;
    ebb(site, Number.POSITIVE_INFINITY);
    takeAlerts(site, outputs);
    const rows = advanceWindows(site.windows, Number.POSITIVE_INFINITY, state.settings, state.counters);
    if (state.settings.emitWindows) {
      for (const row of rows) outputs.push({ kind: "window", window: windowOf(site.windows, row, site.site) });
    }
    site.windows.keptFrom = Number.NEGATIVE_INFINITY;
    site.windows.provisionalAt = Number.NEGATIVE_INFINITY;
    site.messages.youngSince = Number.NEGATIVE_INFINITY;
    site.watermark = watermark;
  }
  return outputs;
}
