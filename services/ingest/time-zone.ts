// (local civil time, zone) -> UTC. For stamps that name no zone (RFC 3164).

import { type ZoneOffset, zoneOffset } from "../../shared/domain/zone-offset.ts";

const DAY_MS = 86_400_000;
/** No zone changes its offset within a quarter of an hour. */
const QUARTER_MS = 900_000;
const CACHE_QUARTERS_MAX = 4096;

/**
 * Turns ms of a civil clock (as if it were UTC) into ms since the epoch. `nearMs`: where the stream is (ms since the epoch;
 * -Infinity when it is not known): it tells the second of two hours from the first.
 */
export type ZoneToUtc = (civilMs: number, nearMs: number) => number;

/** Offsets that a civil time may have: one, or where clocks go back that of its first time and that of its second. */
interface Offsets {
  readonly first: number;
  readonly second: number;
}

function offsetsOfCivil(offsetAt: ZoneOffset, civilMs: number): Offsets {
  const before = offsetAt(civilMs - DAY_MS);
  const after = offsetAt(civilMs + DAY_MS);
  const isAfter = offsetAt(civilMs - after) === after;
  if (before === after || offsetAt(civilMs - before) === before)
    return { first: before, second: isAfter ? after : before };
  return isAfter ? { first: after, second: after } : { first: before, second: before };
}

/**
 * Conversion for an IANA zone name, "UTC" or an offset such as "+01:00".
 * Where clocks go back an hour is lived twice: the first of the two is taken, unless the stream is further by about an hour.
 * Where they go forward, the missing hour runs on.
 * Throws RangeError for a zone that is not known.
 */
export function zoneToUtc(timeZone: string): ZoneToUtc {
  if (timeZone === "UTC") return (civilMs) => civilMs;
  const offsetAt = zoneOffset(timeZone);
  const known = new Map<number, Offsets>();
  let lastQuarter = Number.NaN;
  let last: Offsets = { first: 0, second: 0 };
  return (civilMs, nearMs) => {
    const quarter = Math.floor(civilMs / QUARTER_MS);
    if (quarter !== lastQuarter) {
      lastQuarter = quarter;
      const offsets = known.get(quarter);
      last = offsets ?? offsetsOfCivil(offsetAt, civilMs);
      if (offsets === undefined) {
        if (known.size >= CACHE_QUARTERS_MAX) known.clear();
        known.set(quarter, last);
      }
    }
    const first = civilMs - last.first;
    const repeatedMs = last.first - last.second;
    const behindMs = nearMs - first;
    return behindMs > repeatedMs / 2 && behindMs < repeatedMs * 1.5 ? first + repeatedMs : first;
  };
}
