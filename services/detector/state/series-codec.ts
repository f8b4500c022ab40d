// MinuteSeries <-> rows of numbers: minutes counted from the first one, so that each takes few digits.

import { MINUTE_MS } from "../../../shared/domain/delivery-minutes.ts";
import { createMinuteSeries, type MinuteSeries } from "../delivery-ledger.ts";
import type { Fields } from "./entry-fields.ts";

/** Start of the first minute, minutes since it and counts of all, then `before` and `total`. */
export function storedSeries({ starts, counts, before, total }: MinuteSeries): object {
  const [from = 0] = starts;
  return [from, starts.map((start) => (start - from) / MINUTE_MS), counts, before, total];
}

export function readSeries(fields: Fields): MinuteSeries {
  const from = fields.number(0);
  return {
    ...createMinuteSeries(),
    starts: fields.numbers(1).map((minute) => from + minute * MINUTE_MS),
    counts: fields.numbers(2),
    before: fields.number(3),
    total: fields.number(4),
  };
}
