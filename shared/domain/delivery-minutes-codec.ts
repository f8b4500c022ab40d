// Delivery minutes <-> their wire form: `[{"start":"2016-11-14T08:29:00.000Z","delivered":40,"deferred":0,"bounced":1}]`.

import type { DeliveryMinute, DeliveryTotals } from "./delivery-minutes.ts";
import { MINUTE_MS } from "./delivery-minutes.ts";
import { requiredCount, requiredTime } from "./wire-fields.ts";
import type { WireObject } from "./wire-object.ts";
import { fieldSet, itemsOf, openField, refuse, valueOf } from "./wire-object.ts";
import { encodeWireTime } from "./wire-time.ts";

const MINUTE_FIELDS: ReadonlySet<string> = fieldSet("start delivered deferred bounced");
const TOTALS_FIELDS: ReadonlySet<string> = fieldSet("delivered deferred bounced");

export function wireMinutes(minutes: readonly DeliveryMinute[]): object[] {
  return minutes.map((minute) => ({ start: encodeWireTime(minute.start), ...wireTotals(minute) }));
}

export function wireTotals(totals: DeliveryTotals): object {
  return { delivered: totals.delivered, deferred: totals.deferred, bounced: totals.bounced };
}

/** Minutes in ascending order, each starting on a whole minute; anything else is out of range. */
export function minutesOf(object: WireObject, key: string, max: number): DeliveryMinute[] | undefined {
  let previous = Number.NEGATIVE_INFINITY;
  const readItem = (value: unknown, itemKey: string): DeliveryMinute | undefined => {
    const minute = openField(object, itemKey, { value, known: MINUTE_FIELDS });
    if (minute === undefined) return undefined;
    const start = requiredTime(minute, "start");
    if (start % MINUTE_MS !== 0 || start <= previous) refuse(minute, "out-of-range", "start");
    previous = start;
    const { delivered, deferred, bounced } = readTotals(minute);
    return { start, delivered, deferred, bounced };
  };
  return itemsOf(object, key, { max, readItem });
}

export function totalsOf(object: WireObject, key: string): DeliveryTotals | undefined {
  const value = valueOf(object, key);
  if (value === undefined) return undefined;
  const totals = openField(object, key, { value, known: TOTALS_FIELDS });
  return totals === undefined ? undefined : readTotals(totals);
}

function readTotals(object: WireObject): DeliveryTotals {
  return {
    delivered: requiredCount(object, "delivered"),
    deferred: requiredCount(object, "deferred"),
    bounced: requiredCount(object, "bounced"),
  };
}
