// MinuteSeries <-> fields of a row: minutes are counted from the first one, so that each takes few digits.

import { MINUTE_MS } from "../../../shared/domain/delivery-minutes.ts";
import { createMinuteSeries, type MinuteSeries } from "../delivery-ledger.ts";
import type { RowReader, RowWriter } from "./entry-row.ts";

export function writeSeries(row: RowWriter, { starts, counts, before, total }: MinuteSeries): void {
  const [from = 0] = starts;
  row.time(from);
  row.list(starts, (start) => row.number((start - from) / MINUTE_MS));
  for (const count of counts) row.number(count);
  row.number(before);
  row.number(total);
}

export function readSeries(row: RowReader): MinuteSeries {
  const from = row.time("first minute");
  const starts = row.list("minutes", () => from + row.number("minute") * MINUTE_MS);
  const counts = starts.map(() => row.number("deliveries"));
  return { ...createMinuteSeries(), starts, counts, before: row.number("before"), total: row.number("total") };
}
