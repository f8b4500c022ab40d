// Numbers and times as the page shows them.

const WHOLE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** Growth by more than this is that of something new. */
const GROWTH_MAX = 20;
/** What growth compares: the answers of so many minutes with those of as many before. */
export const GROWTH_MINUTES = 15;

/** `840,000`. */
export function whole(value: number): string {
  return WHOLE.format(value);
}

/** `840K`, where there is no room for more. */
export function short(value: number): string {
  return value < 10_000 ? WHOLE.format(value) : SHORT.format(value);
}

/** Along an axis, where all are to look alike. */
export function onAxis(value: number): string {
  return value < 1_000 ? WHOLE.format(value) : SHORT.format(value);
}

/** How a storm goes, by its answers of the last quarter of an hour beside those of the one before. `perMinute`: of the last minutes. */
export function growthInWords({
  growth,
  repliesPerMinute,
  isNew,
}: {
  growth: number;
  repliesPerMinute: number;
  /** Nobody answered in the quarter before. */
  isNew: boolean;
}): { readonly arrow: string; readonly words: string } {
  if (repliesPerMinute === 0) return { arrow: "", words: "nobody answers" };
  if (isNew || growth >= GROWTH_MAX) return { arrow: "", words: "new: nothing to compare with" };
  const words = `the last 15 min \u00d7${decimal(growth)} of the 15 before`;
  if (growth >= 1.25) return { arrow: "\u2191", words: `growing: ${words}` };
  if (growth <= 0.8) return { arrow: "\u2193", words: `falling: ${words}` };
  return { arrow: "\u2192", words: `steady: ${words}` };
}

/** `29 min`. */
export function spanInWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** A rate or a factor: one decimal below ten. */
export function decimal(value: number): string {
  return value >= 10 || Number.isInteger(value) ? WHOLE.format(value) : value.toFixed(1);
}

/** `+3.6`, `−0.4`; what rounds to nothing has no sign. */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(1);
  if (digits === "0.0") return digits;
  return value > 0 ? `+${digits}` : `\u2212${digits}`;
}

export interface LocalClock {
  readonly second: (at: Date) => string;
  readonly minute: (at: Date) => string;
  readonly day: (at: Date) => string;
  /** With the day, where it is another than that of `now`, and the year likewise. */
  readonly dated: (at: Date, now: Date) => string;
}

export function localClock(timeZone: string): LocalClock {
  const second = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
  const minute = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "short" });
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "short" });
  const date = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "medium" });
  return {
    second: (at) => second.format(at),
    minute: (at) => minute.format(at),
    day: (at) => day.format(at),
    dated: (at, now) => {
      if (date.format(at) === date.format(now)) return second.format(at);
      const isThisYear = at.getUTCFullYear() === now.getUTCFullYear();
      return `${isThisYear ? day.format(at) : date.format(at)}, ${minute.format(at)}`;
    },
  };
}
