// Event times -> times as the report shows them, in its zone. An IANA name that is unknown throws a RangeError.

import { type ZoneOffset, zoneOffset } from "../../shared/domain/zone-offset.ts";

export interface ReportClock {
  readonly timeZone: string;
  /** `08:31`. */
  readonly time: (at: number) => string;
  /** `14 Nov`. */
  readonly date: (at: number) => string;
  /** `08:31`, with the day where the storm saw more than one. */
  readonly minute: (at: number) => string;
  /** `08:31:10`, likewise. */
  readonly second: (at: number) => string;
  /** `14 November 2016`. */
  readonly day: (at: number) => string;
  /** `14 Nov 2016, 08:31`, wherever it stands. */
  readonly full: (at: number) => string;
  /** All these times are of one day. */
  readonly isOneDay: boolean;
  readonly offsetMs: ZoneOffset;
}

/** For times between two moments. */
export function reportClock(timeZone: string, { fromMs, untilMs }: { fromMs: number; untilMs: number }): ReportClock {
  const format = (options: Intl.DateTimeFormatOptions): ((at: number) => string) => {
    const made = new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...options });
    return (at) => made.format(at);
  };
  const day = format({ dateStyle: "long" });
  const date = format({ day: "numeric", month: "short" });
  const time = format({ timeStyle: "short" });
  const full = format({ dateStyle: "medium", timeStyle: "short" });
  const isOneDay = day(fromMs) === day(untilMs);
  const dated =
    (of: (at: number) => string): ((at: number) => string) =>
    (at) =>
      isOneDay ? of(at) : `${date(at)}, ${of(at)}`;
  return {
    timeZone,
    time,
    date,
    minute: dated(time),
    second: dated(format({ timeStyle: "medium" })),
    day,
    full,
    isOneDay,
    offsetMs: zoneOffset(timeZone),
  };
}
