import { describe, expect, test } from "vitest";
import { yearsOfFirstStamps } from "./stamp-years.ts";
import { monthDayAt, StampReader } from "./syslog-stamp.ts";
import { StreamTime } from "./stream-time.ts";
import { zoneToUtc } from "./time-zone.ts";

interface Read {
  readonly at: string;
  readonly rest: string;
}

function readerOf(year = 2016, timeZone = "UTC"): (line: string) => Read | undefined {
  const streamTime = new StreamTime(30_000);
  const reader = new StampReader({ year, streamTime, toUtc: zoneToUtc(timeZone) });
  return (line) => {
    const bytes = Buffer.from(`${line}\n`);
    if (!reader.read(bytes, 0, bytes.length - 1)) return undefined;
    streamTime.observe(reader.eventTimeMs);
    return { at: new Date(reader.eventTimeMs).toISOString(), rest: bytes.toString("latin1", reader.next, line.length) };
  };
}

function timeOf(line: string, year?: number, timeZone?: string): string | undefined {
  return readerOf(year, timeZone)(line)?.at;
}

describe("an RFC 3164 stamp", () => {
  test.each([
    ["two digits of day", "Nov 14 08:29:00 mx a", "2016-11-14T08:29:00.000Z"],
    ["a day padded with a space", "Nov  4 08:29:07 mx a", "2016-11-04T08:29:07.000Z"],
    ["a day padded with a zero", "Nov 04 08:29:07 mx a", "2016-11-04T08:29:07.000Z"],
    ["a leap second", "Dec 31 23:59:60 mx a", "2016-12-31T23:59:59.000Z"],
    ["29 February of a leap year", "Feb 29 00:00:00 mx a", "2016-02-29T00:00:00.000Z"],
    ["midnight", "Jan  1 00:00:00 mx a", "2016-01-01T00:00:00.000Z"],
  ])("is read: %s", (_name, line, at) => {
    expect(readerOf()(line)).toEqual({ at, rest: "mx a" });
  });

  test.each([
    ["no such month", "Nox 14 08:29:00 mx a"],
    ["month in capitals", "NOV 14 08:29:00 mx a"],
    ["day 0", "Nov 00 08:29:00 mx a"],
    ["day 31 in a month of 30", "Nov 31 08:29:00 mx a"],
    ["30 February", "Feb 30 08:29:00 mx a"],
    ["hour 24", "Nov 14 24:00:00 mx a"],
    ["minute 60", "Nov 14 08:60:00 mx a"],
    ["second 61", "Nov 14 08:29:61 mx a"],
    ["letters for digits", "Nov 1a 08:29:00 mx a"],
    ["no colon", "Nov 14 08.29.00 mx a"],
    ["nothing behind", "Nov 14 08:29:00"],
    ["another sign behind the month", "Nov-14 08:29:00 mx a"],
    ["another sign behind the day", "Nov 14-08:29:00 mx a"],
    ["another sign behind the time", "Nov 14 08:29:00,mx a"],
  ])("is refused: %s", (_name, line) => {
    expect(timeOf(line)).toBeUndefined();
  });

  test("is checked whole on the day that was read before", () => {
    const read = readerOf();
    read("Nov 14 08:29:00 mx a");
    expect(read("Nov-14 08:29:00 mx a")).toBeUndefined();
    expect(read("Nov 14 25:29:00 mx a")).toBeUndefined();
    expect(read("Nov 14 08:29:01 mx a")?.at).toBe("2016-11-14T08:29:01.000Z");
  });

  test.each<[string, readonly (readonly [string, string | undefined, number?])[]]>([
    [
      "the new year is entered",
      [
        ["Dec 31 23:59:59", "2016-12-31"],
        ["Jan  1 00:00:00", "2017-01-01"],
        ["Feb  1 00:00:00", "2017-02-01"],
      ],
    ],
    [
      "lines are shuffled around it",
      [
        ["Dec 31 23:59:58", "2016-12-31"],
        ["Jan  1 00:00:01", "2017-01-01"],
        ["Dec 31 23:59:59", "2016-12-31"],
        ["Jan  1 00:00:02", "2017-01-01"],
        ["Dec 31 23:59:57", "2016-12-31"],
      ],
    ],
    [
      "the first line is the later",
      [
        ["Jan  1 00:00:01", "2016-01-01"],
        ["Dec 31 23:59:59", "2015-12-31"],
        ["Jan  1 00:00:02", "2016-01-01"],
      ],
    ],
    [
      "months pass, and two years",
      [
        ["Nov 14 08:00:00", "2016-11-14"],
        ["Mar 14 08:00:00", "2017-03-14"],
        ["Aug 14 08:00:00", "2017-08-14"],
        ["Jan 14 08:00:00", "2018-01-14"],
      ],
    ],
    [
      "one stamp is corrupt",
      [
        ["Nov 14 08:00:00", "2016-11-14"],
        ["Apr 14 08:00:00", "2017-04-14"],
        ["Nov 14 08:00:01", "2016-11-14"],
        ["Dec  1 08:00:00", "2016-12-01"],
        ["Jan  1 08:00:00", "2017-01-01"],
      ],
    ],
    [
      "a clock was wrong again and again",
      [
        ["Nov 14 08:00:00", "2016-11-14"],
        ["Apr 14 00:00:00", "2017-04-14"],
        ["Apr 14 00:00:09", "2017-04-14"],
        ["Nov 14 08:00:01", "2016-11-14"],
        ["Sep 30 00:00:00", "2016-09-30"],
        ["Nov 14 08:00:02", "2016-11-14"],
        ["Jan  1 00:00:00", "2017-01-01"],
        ["May 14 00:00:00", "2017-05-14"],
        ["Nov 14 08:00:03", "2016-11-14"],
        ["Dec  1 08:00:00", "2016-12-01"],
      ],
    ],
    [
      "29 February comes in the year that was taken for granted",
      [
        ["Feb 28 23:59:59", "2016-02-28"],
        ["Feb 29 00:00:00", "2016-02-29"],
        ["Mar  1 00:00:00", "2016-03-01"],
        ["Feb 29 23:59:59", "2016-02-29"],
      ],
    ],
    [
      "it comes in one that has none: the log goes on, in the next that has it",
      [
        ["Feb 28 23:59:59", "2017-02-28", 2017],
        ["Feb 29 00:00:00", "2020-02-29"],
        ["Feb 29 23:59:59", "2020-02-29"],
        ["Mar  1 00:00:00", "2020-03-01"],
        ["Apr 15 00:00:00", "2020-04-15"],
      ],
    ],
    [
      "it comes over New Year",
      [
        ["Dec 31 23:59:59", "2023-12-31", 2023],
        ["Jan  1 00:00:00", "2024-01-01"],
        ["Feb 29 00:00:00", "2024-02-29"],
        ["Mar  1 00:00:00", "2024-03-01"],
      ],
    ],
    [
      "it comes first",
      [
        ["Feb 29 00:00:00", "2020-02-29", 2017],
        ["Mar  1 00:00:00", "2020-03-01"],
      ],
    ],
    [
      "the first stamp is no day",
      [
        ["Feb 30 08:00:00", undefined],
        ["Dec 14 08:00:00", "2016-12-14"],
        ["Jan  1 08:00:00", "2017-01-01"],
      ],
    ],
  ])("names no year, which follows from the lines before: %s", (_name, rows) => {
    const read = readerOf(rows[0]?.[2]);
    for (const [stamp, day] of rows) expect(read(`${stamp} mx a`)?.at.slice(0, 10)).toBe(day);
  });

  test("is read in its zone", () => {
    expect(timeOf("Jul 14 09:00:00 mx a", 2016, "Europe/London")).toBe("2016-07-14T08:00:00.000Z");
    expect(timeOf("Nov 14 09:00:00 mx a", 2016, "Europe/London")).toBe("2016-11-14T09:00:00.000Z");
  });
});

describe("an RFC 3339 stamp", () => {
  test.each([
    ["UTC", "2016-11-14T08:29:00Z mx a", "2016-11-14T08:29:00.000Z"],
    ["an offset with a colon", "2016-11-14T08:29:00+01:00 mx a", "2016-11-14T07:29:00.000Z"],
    ["an offset without, as journalctl writes it", "2016-11-14T08:29:00+0100 mx a", "2016-11-14T07:29:00.000Z"],
    ["west, and half an hour", "2016-11-14T08:29:00-03:30 mx a", "2016-11-14T11:59:00.000Z"],
    ["west, without a colon", "2016-11-14T20:29:00-0800 mx a", "2016-11-15T04:29:00.000Z"],
    ["milliseconds", "2016-11-14T08:29:00.123Z mx a", "2016-11-14T08:29:00.123Z"],
    ["microseconds, cut", "2016-11-14T08:29:00.123987+00:00 mx a", "2016-11-14T08:29:00.123Z"],
    ["nanoseconds", "2016-11-14T08:29:00.000999999Z mx a", "2016-11-14T08:29:00.000Z"],
    ["one digit of a fraction", "2016-11-14T08:29:00.5Z mx a", "2016-11-14T08:29:00.500Z"],
    ["a fraction behind a comma", "2016-11-14T08:29:00,250Z mx a", "2016-11-14T08:29:00.250Z"],
    ["a space for the T", "2016-11-14 08:29:00+00:00 mx a", "2016-11-14T08:29:00.000Z"],
    ["a leap second", "2016-12-31T23:59:60Z mx a", "2016-12-31T23:59:59.000Z"],
    ["another zone than the setting", "2016-07-14T08:29:00Z mx a", "2016-07-14T08:29:00.000Z"],
  ])("is read: %s", (_name, line, at) => {
    expect(readerOf(1999, "Europe/London")(line)).toEqual({ at, rest: "mx a" });
  });

  test.each([
    ["no zone", "2016-11-14T08:29:00 mx a"],
    ["zone cut", "2016-11-14T08:29:00+01"],
    ["hour of the zone", "2016-11-14T08:29:00+24:00 mx a"],
    ["minute of the zone", "2016-11-14T08:29:00+01:60 mx a"],
    ["31 November", "2016-11-31T08:29:00Z mx a"],
    ["29 February of another year", "2017-02-29T08:29:00Z mx a"],
    ["month 13", "2016-13-14T08:29:00Z mx a"],
    ["month 0", "2016-00-14T08:29:00Z mx a"],
    ["day 0", "2016-11-00T08:29:00Z mx a"],
    ["letters where the day stands", "0000-00-xxT08:29:00Z mx a"],
    ["letters where the year stands", "20xx-11-14T08:29:00Z mx a"],
    ["the year of the printing press", "1452-11-14T08:29:00Z mx a"],
    ["hour 24", "2016-11-14T24:29:00Z mx a"],
    ["a fraction that does not end", "2016-11-14T08:29:00.123456"],
    ["nothing behind", "2016-11-14T08:29:00Z"],
    ["empty", ""],
    ["a number", "12345678901234567890 mx a"],
  ])("is refused: %s", (_name, line) => {
    const read = readerOf();
    expect(read(line)).toBeUndefined();
    // Nor does a day that was read before make it valid.
    read("1999-11-14T08:29:00Z mx a");
    expect(read(line)).toBeUndefined();
  });
});

describe("the year of the first stamps", () => {
  const now = Date.UTC(2026, 10, 24, 12);
  const nov = (day: number): { month: number; day: number } => ({ month: 10, day });
  test.each([
    ["none", [], now, []],
    ["today", [nov(24)], now, [2026]],
    ["tomorrow, for a zone ahead", [nov(26)], now, [2026]],
    ["later than that is of last year", [nov(27)], now, [2025]],
    ["the day after New Year's Eve in a zone behind", [{ month: 0, day: 1 }], Date.UTC(2026, 11, 31, 23), [2027]],
    ["in January, December is of last year", [{ month: 11, day: 30 }], Date.UTC(2026, 0, 2), [2025]],
    [
      "parts on both sides of New Year",
      [
        { month: 0, day: 5 },
        { month: 11, day: 20 },
      ],
      Date.UTC(2026, 1, 1),
      [2026, 2025],
    ],
    [
      "the same, the other way round",
      [
        { month: 11, day: 20 },
        { month: 0, day: 5 },
      ],
      Date.UTC(2026, 1, 1),
      [2025, 2026],
    ],
    ["a log split in two around today a year ago is read like the whole", [nov(20), nov(30)], now, [2026, 2026]],
    ["several parts begin on one day", [nov(20), nov(20)], now, [2026, 2026]],
    ["29 February is of a year that has one", [{ month: 1, day: 29 }], now, [2024]],
    [
      "29 February among them decides",
      [
        { month: 1, day: 20 },
        { month: 1, day: 29 },
        { month: 2, day: 7 },
      ],
      now,
      [2024, 2024, 2024],
    ],
    [
      "behind New Year, too",
      [
        { month: 1, day: 29 },
        { month: 11, day: 20 },
      ],
      now,
      [2024, 2023],
    ],
    ["29 February after 2100", [{ month: 1, day: 29 }], Date.UTC(2103, 5, 1), [2096]],
  ] as const)("%s", (_name, stamps, nowMs, years) => {
    expect(yearsOfFirstStamps(stamps, nowMs)).toEqual(years);
  });

  test("is looked for in the bytes of a line", () => {
    expect(monthDayAt(Buffer.from("Nov 14 08:29:00 mx"), 0)).toEqual({ month: 10, day: 14 });
    expect(monthDayAt(Buffer.from("Nov  4 08:29:00 mx"), 0)).toEqual({ month: 10, day: 4 });
    expect(monthDayAt(Buffer.from("2016-11-14T08:29:00Z mx"), 0)).toBeUndefined();
    expect(monthDayAt(Buffer.from("Nov"), 0)).toBeUndefined();
  });
});
