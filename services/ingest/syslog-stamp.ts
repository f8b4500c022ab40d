// bytes of a log line -> event time in ms since the epoch and the position behind the stamp.
// RFC 3164 ("Nov 14 08:29:00") and RFC 3339 / ISO 8601 ("2016-11-14T08:29:00.123456+00:00", "…+0000", "…Z").
// Byte arithmetic with the day cached: two additions a line in the common case, and every field is checked.

import { exists, latestYear, LEAP_YEAR, type MonthDay, nearestYear, startOfDay, yearWith } from "./calendar-day.ts";
import type { ZoneToUtc } from "./time-zone.ts";

const SPACE = 32;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** "Nov 14 08:29:00" */
const CIVIL_BYTES = 15;

/** Three letters of a month, packed -> 0..11. */
const MONTHS = new Map<number, number>(
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map((name, month) => [
    (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
    month,
  ]),
);

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 48;
  const ones = (bytes[at + 1] ?? 0) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function monthAt(bytes: Uint8Array, at: number): number {
  return MONTHS.get(((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)) ?? -1;
}

/** Seconds of a clock reading "HH:MM:SS" in ms, or -1. A leap second counts as the second before it. */
function clockMs(bytes: Uint8Array, at: number): number {
  const hour = twoDigits(bytes, at);
  const minute = twoDigits(bytes, at + 3);
  const second = twoDigits(bytes, at + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  if (bytes[at + 2] !== 58 || bytes[at + 5] !== 58) return -1;
  return hour * HOUR_MS + minute * MINUTE_MS + Math.min(second, 59) * 1000;
}

export function monthDayAt(bytes: Uint8Array, start: number): MonthDay | undefined {
  const month = monthAt(bytes, start);
  const day = bytes[start + 4] === SPACE ? twoDigitsPadded(bytes, start + 4) : twoDigits(bytes, start + 4);
  if (month < 0 || day < 1 || bytes[start + 3] !== SPACE) return undefined;
  return exists({ month, day }, LEAP_YEAR) ? { month, day } : undefined;
}

function twoDigitsPadded(bytes: Uint8Array, at: number): number {
  const ones = (bytes[at + 1] ?? 0) - 48;
  return ones >= 0 && ones <= 9 ? ones : -1;
}

export interface StampReaderOptions {
  /** Year of the first RFC 3164 stamp; undefined: the latest that is not past its arrival. */
  readonly year: number | undefined;
  readonly streamTime: StampSurroundings;
  readonly toUtc: ZoneToUtc;
}

/** What tells the year of a stamp that names none. */
interface StampSurroundings {
  /** Where the stream is, ms since the epoch (-Infinity before its first line): the year is the nearest. */
  readonly latest: number;
  /** By our own clock, ms; NaN when that says nothing. */
  readonly arrivedAtMs?: number;
}

/** The day of the last stamp without a year, and that stamp. */
export interface StampState {
  readonly dayKey: number;
  /** ms since the epoch, by the civil clock. */
  readonly dayMs: number;
  readonly last: string;
  readonly lastMs: number;
}

/** Reads the stamps of one input. After `read` returned true, `eventTimeMs` and `next` (behind the stamp's space) hold the result. */
export class StampReader {
  eventTimeMs = 0;
  next = 0;
  private readonly firstYear: number | undefined;
  private readonly streamTime: StampSurroundings;
  private readonly toUtc: ZoneToUtc;
  private civilDayKey = -1;
  private civilDayMs = 0;
  /** The last stamp without a year, and its time. */
  private readonly civil = new Uint8Array(CIVIL_BYTES);
  private civilMs = 0;
  private isoDayKey = -1;
  private isoDayMs = 0;

  constructor(options: StampReaderOptions) {
    this.firstYear = options.year;
    this.streamTime = options.streamTime;
    this.toUtc = options.toUtc;
  }

  /** What it knows of stamps that name no year. */
  state(): StampState {
    const { civilDayKey: dayKey, civilDayMs: dayMs, civilMs: lastMs } = this;
    return { dayKey, dayMs, last: Buffer.from(this.civil).toString("latin1"), lastMs };
  }

  restore({ dayKey, dayMs, last, lastMs }: StampState): void {
    this.civilDayKey = dayKey;
    this.civilDayMs = dayMs;
    this.civil.set(Buffer.from(last, "latin1").subarray(0, CIVIL_BYTES));
    this.civilMs = lastMs;
  }

  /** False when there is no valid stamp at `start`. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const first = bytes[start] ?? 0;
    return first >= 48 && first <= 57 ? this.readIso(bytes, start, end) : this.readCivil(bytes, start, end);
  }

  private readCivil(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 16 || bytes[start + 15] !== SPACE) return false;
    if (!this.isCivilAgain(bytes, start)) return this.readCivilAnew(bytes, start);
    this.eventTimeMs = this.civilMs;
    this.next = start + 16;
    return true;
  }

  /** Apart from the rest: small functions are what the engine joins. */
  private readCivilAnew(bytes: Uint8Array, start: number): boolean {
    if (bytes[start + 3] !== SPACE || bytes[start + 6] !== SPACE) return false;
    const clock = clockMs(bytes, start + 7);
    if (clock < 0) return false;
    const monthBytes = ((bytes[start] ?? 0) << 16) | ((bytes[start + 1] ?? 0) << 8) | (bytes[start + 2] ?? 0);
    const key = monthBytes * 65_536 + (((bytes[start + 4] ?? 0) << 8) | (bytes[start + 5] ?? 0));
    if (key !== this.civilDayKey && !this.enterCivilDay(bytes, start, key)) return false;
    this.eventTimeMs = this.toUtc(this.civilDayMs + clock, this.streamTime.latest);
    this.next = start + 16;
    this.civilMs = this.eventTimeMs;
    for (let at = 0; at < CIVIL_BYTES; at += 1) this.civil[at] = bytes[start + at] ?? 0;
    return true;
  }

  /** Is it the stamp of the line before? Many lines share a second. */
  private isCivilAgain(bytes: Uint8Array, start: number): boolean {
    const { civil } = this;
    for (let at = CIVIL_BYTES - 1; at >= 0; at -= 1) if (bytes[start + at] !== civil[at]) return false;
    return true;
  }

  private enterCivilDay(bytes: Uint8Array, start: number, key: number): boolean {
    const at = monthDayAt(bytes, start);
    if (at === undefined) return false;
    const { latest } = this.streamTime;
    this.civilDayKey = key;
    this.civilDayMs = startOfDay(
      latest === Number.NEGATIVE_INFINITY ? this.yearOfFirst(at) : nearestYear(at, latest),
      at,
    );
    return true;
  }

  private yearOfFirst(at: MonthDay): number {
    return yearWith(at, this.firstYear ?? latestYear(at, this.streamTime.arrivedAtMs ?? 0));
  }

  private readIso(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 20 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return false;
    const divider = bytes[start + 10];
    if (divider !== 84 && divider !== SPACE) return false;
    const clock = clockMs(bytes, start + 11);
    if (clock < 0 || !this.enterIsoDay(bytes, start)) return false;
    let at = start + 19;
    let fraction = 0;
    if (bytes[at] === 46 || bytes[at] === 44) {
      let scale = 100;
      for (at += 1; at < end; at += 1) {
        const digit = (bytes[at] ?? 0) - 48;
        if (digit < 0 || digit > 9) break;
        fraction += digit * scale;
        scale = scale > 1 ? scale / 10 : 0;
      }
    }
    const zoneEnd = this.zoneEnd(bytes, at);
    if (zoneEnd < 0 || bytes[zoneEnd] !== SPACE) return false;
    this.eventTimeMs = this.isoDayMs + clock + fraction - this.zoneMs;
    this.next = zoneEnd + 1;
    return true;
  }

  private enterIsoDay(bytes: Uint8Array, start: number): boolean {
    const century = twoDigits(bytes, start);
    const yearOfCentury = twoDigits(bytes, start + 2);
    const month = twoDigits(bytes, start + 5);
    const day = twoDigits(bytes, start + 8);
    if (century < 19 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return false;
    const key = ((century * 100 + yearOfCentury) * 100 + month) * 100 + day;
    if (key === this.isoDayKey) return true;
    const dayMs = Date.UTC(century * 100 + yearOfCentury, month - 1, day);
    if (new Date(dayMs).getUTCDate() !== day) return false;
    this.isoDayKey = key;
    this.isoDayMs = dayMs;
    return true;
  }

  private zoneMs = 0;

  /** Position behind "Z", "+01:00" or "+0100"; -1 when there is none. Leaves the offset in `zoneMs`. */
  private zoneEnd(bytes: Uint8Array, at: number): number {
    const sign = bytes[at];
    if (sign === 90) {
      this.zoneMs = 0;
      return at + 1;
    }
    if (sign !== 43 && sign !== 45) return -1;
    const hours = twoDigits(bytes, at + 1);
    const colon = bytes[at + 3] === 58 ? 1 : 0;
    const minutes = twoDigits(bytes, at + 3 + colon);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return -1;
    this.zoneMs = (hours * 60 + minutes) * MINUTE_MS * (sign === 45 ? -1 : 1);
    return at + 5 + colon;
  }
}
