// (local civil time, zone) -> UTC. For stamps that name no zone (RFC 3164).

const DAY_MS = 86_400_000;
/** No zone changes its offset within a quarter of an hour. */
const QUARTER_MS = 900_000;
const CACHE_QUARTERS_MAX = 4096;

/** Turns ms of a civil clock (as if it were UTC) into ms since the epoch. */
export type ZoneToUtc = (civilMs: number) => number;

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

function offsetOfCivil(format: Intl.DateTimeFormat, civilMs: number): number {
  const before = offsetAt(format, civilMs - DAY_MS);
  const after = offsetAt(format, civilMs + DAY_MS);
  if (before === after || offsetAt(format, civilMs - before) === before) return before;
  return offsetAt(format, civilMs - after) === after ? after : before;
}

/**
 * Conversion for an IANA zone name, "UTC" or an offset such as "+01:00".
 * Where clocks go back an hour is lived twice: the first of the two is taken. Where they go forward, the missing hour runs on.
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
  const offsets = new Map<number, number>();
  let lastQuarter = Number.NaN;
  let lastOffset = 0;
  return (civilMs) => {
    const quarter = Math.floor(civilMs / QUARTER_MS);
    if (quarter !== lastQuarter) {
      lastQuarter = quarter;
      const known = offsets.get(quarter);
      lastOffset = known ?? offsetOfCivil(format, civilMs);
      if (known === undefined) {
        if (offsets.size >= CACHE_QUARTERS_MAX) offsets.clear();
        offsets.set(quarter, lastOffset);
      }
    }
    return civilMs - lastOffset;
  };
}
