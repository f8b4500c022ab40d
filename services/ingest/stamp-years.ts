// first stamps of several inputs -> the year of each, where stamps name none.

import { exists, latestYear, LEAP_YEAR, type MonthDay, startOfDay } from "./calendar-day.ts";

const DAY_MS = 86_400_000;

/**
 * First RFC 3164 stamps of several inputs -> the year of each. The inputs are taken to be parts of one stretch of time:
 * where it begins (behind the widest gap of the calendar) decides, so that a log split by time is read like the whole.
 */
export function yearsOfFirstStamps(stamps: readonly MonthDay[], nowMs: number): number[] {
  const days = [...new Set(stamps.map(dayOf))].toSorted((a, b) => a - b);
  let first = days[0] ?? 0;
  let widest = -1;
  days.forEach((day, index) => {
    const previous = index === 0 ? (days.at(-1) ?? day) - 366 : (days[index - 1] ?? day);
    if (day - previous > widest) {
      widest = day - previous;
      first = day;
    }
  });
  const earliest = stamps.find((at) => dayOf(at) === first);
  if (earliest === undefined) return [];
  const yearsFrom = (year: number): number[] => stamps.map((at) => (dayOf(at) < first ? year + 1 : year));
  const latest = latestYear(earliest, nowMs);
  // Where one is of 29 February: at most eight years back, over 1900 and the like.
  for (let year = latest; year >= latest - 8; year -= 1) {
    const years = yearsFrom(year);
    if (stamps.every((at, index) => exists(at, years[index] ?? year))) return years;
  }
  return yearsFrom(latest);
}

/** Day of a year that has every day. */
function dayOf(at: MonthDay): number {
  return startOfDay(LEAP_YEAR, at) / DAY_MS;
}
