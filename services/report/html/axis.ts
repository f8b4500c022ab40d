// the range of a plot -> where its axes have their marks.

import { MINUTE_MS } from "../../../shared/domain/delivery-minutes.ts";
import type { ZoneOffset } from "../../../shared/domain/zone-offset.ts";

const VALUES_MAX = 4;
const FACTORS = [1, 2, 2.5, 5];
const DAY_MINUTES = 1440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, DAY_MINUTES];

/** Round whole numbers from 0 up to the first that is not below `most`. */
export function valueTicks(most: number): number[] {
  const rough = Math.max(1, most / VALUES_MAX);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const factor = FACTORS.find((each) => each * magnitude >= rough) ?? 10;
  const step = Math.ceil(factor * magnitude);
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, index) => index * step);
}

/** Round times of day in the zone, at most so many; across a change of clocks too. */
export function timeTicks(
  { fromMs, untilMs, offsetMs }: { readonly fromMs: number; readonly untilMs: number; readonly offsetMs: ZoneOffset },
  ticksMax: number,
): number[] {
  const minutes = Math.max(1, (untilMs - fromMs) / MINUTE_MS);
  const days = Math.ceil(minutes / DAY_MINUTES / ticksMax) * DAY_MINUTES;
  const step = (STEPS_MINUTES.find((each) => minutes / each <= ticksMax) ?? days) * MINUTE_MS;
  const offsets = [fromMs, untilMs].map(offsetMs);
  const last = untilMs + Math.max(...offsets);
  const ticks: number[] = [];
  for (let shown = Math.ceil((fromMs + Math.min(...offsets)) / step) * step; shown <= last; shown += step) {
    const at = momentOf(shown, offsetMs);
    if (at !== undefined && at >= fromMs && at <= untilMs) ticks.push(at);
  }
  return ticks;
}

/** When clocks show a time, given as if it were of UTC: of two moments the first; undefined where they jump over it. */
function momentOf(shown: number, offsetMs: ZoneOffset): number | undefined {
  const moments = [offsetMs(shown - DAY_MS), offsetMs(shown + DAY_MS)].map((offset) => shown - offset);
  return moments.find((at) => at + offsetMs(at) === shown);
}
