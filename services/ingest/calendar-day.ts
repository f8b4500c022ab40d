// month and day of a stamp that names no year -> the year.

const DAY_MS = 86_400_000;
/** One that has every day. */
export const LEAP_YEAR = 2000;

/** Month (0..11) and day of an RFC 3164 stamp, for choosing the year that it does not name. */
export interface MonthDay {
  readonly month: number;
  readonly day: number;
}

export function startOfDay(year: number, { month, day }: MonthDay): number {
  return Date.UTC(year, month, day);
}

export function exists(at: MonthDay, year: number): boolean {
  // A day that the month does not have would slip into the next.
  return new Date(startOfDay(year, at)).getUTCMonth() === at.month;
}

/** The year, or the next that has the day: a log that has 29 February goes on with it, whatever year was taken for granted. */
export function yearWith(at: MonthDay, year: number): number {
  return exists(at, year) ? year : yearWith(at, year + 1);
}

/** The year that puts a day nearest to a time: December is followed by the January of the next. */
export function nearestYear(at: MonthDay, timeMs: number): number {
  const year = new Date(timeMs).getUTCFullYear();
  const distance = (candidate: number): number => Math.abs(startOfDay(candidate, at) - timeMs);
  const nearest = [year + 1, year, year - 1].reduce((a, b) => (distance(b) < distance(a) ? b : a));
  return yearWith(at, nearest);
}

/** The latest year that does not put the day more than two days past `nowMs`: zones and clocks differ. */
export function latestYear(at: MonthDay, nowMs: number): number {
  const year = new Date(nowMs + 2 * DAY_MS).getUTCFullYear();
  return startOfDay(year, at) > nowMs + 2 * DAY_MS ? year - 1 : year;
}
