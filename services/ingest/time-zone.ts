// (local civil time, zone) -> UTC. For stamps that name no zone (RFC 3164).

const DAY_MS = 86_400_000;
/** No zone changes its offset within a quarter of an hour. */
const QUARTER_MS = 900_000;
const CACHE_QUARTERS_MAX = 4096;

/**
 * Turns ms of a civil clock (as if it were UTC) into ms since the epoch. `nearMs`: where the stream is (ms since the epoch;
 * -Infinity when it is not known): it tells the second of two hours from the first.
 */
export type ZoneToUtc = (civilMs: number, nearMs: number) => number;

function offsetAt(format: Intl.DateTimeFormat, utcMs: number): number {
  const at: Record<string, number> = {};
  for (const part of format.formatToParts(utcMs)) {
    if (part.type !== "literal") at[part.type] = Number(part.value);
  }
  const civil = Date.UTC(
    at["year"] ?? 0,
    (at["month"] ?? 1) - 1,
    at["day"] ?? 1,
    at["hour"] ?? 0,
    at["minute"] ?? 0,
    at["second"] ?? 0,
  );
  return civil - Math.floor(utcMs / 1000) * 1000;
}

/** Offsets that a civil time may have: one, or where clocks go back that of its first time and that of its second. */
interface Offsets {
  readonly first: number;
  readonly second: number;
}

function offsetsOfCivil(format: Intl.DateTimeFormat, civilMs: number): Offsets {
  const before = offsetAt(format, civilMs - DAY_MS);
  const after = offsetAt(format, civilMs + DAY_MS);
  const isAfter = offsetAt(format, civilMs - after) === after;
  if (before === after || offsetAt(format, civilMs - before) === before)
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
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const known = new Map<number, Offsets>();
  let lastQuarter = Number.NaN;
  let last: Offsets = { first: 0, second: 0 };
  return (civilMs, nearMs) => {
    const quarter = Math.floor(civilMs / QUARTER_MS);
    if (quarter !== lastQuarter) {
      lastQuarter = quarter;
      const offsets = known.get(quarter);
      last = offsets ?? offsetsOfCivil(format, civilMs);
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
