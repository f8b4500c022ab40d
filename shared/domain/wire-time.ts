// ms since the epoch <-> RFC 3339 UTC with milliseconds, the form of every time on the wire.
// Written by hand: this runs for every mail, and the built-in Date accepts far more than RFC 3339.

const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 1_440;

/** 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: all that four digits of a year can say. */
const WIRE_TIME_MIN_MS = -62_135_596_800_000;
const WIRE_TIME_MAX_MS = 253_402_300_799_999;

/**
 * Writes a time, such as `2016-11-14T08:29:00.000Z`.
 * `at`: ms since the epoch, within four-digit years; a fraction of a millisecond is dropped.
 * Throws a RangeError on anything else: the caller holds no valid time.
 */
export function encodeWireTime(at: number): string {
  if (!(at >= WIRE_TIME_MIN_MS && at <= WIRE_TIME_MAX_MS)) {
    throw new RangeError(`no time that RFC 3339 can write: ${at}`);
  }
  const whole = Math.floor(at);
  const minute = Math.floor(whole / MS_PER_MINUTE);
  const ms = whole - minute * MS_PER_MINUTE;
  const second = Math.floor(ms / 1000);
  return `${minuteText(minute)}:${two(second)}.${three(ms - second * 1000)}Z`;
}

// Times of one mail, and of mails one behind the other, lie in the same minute.
let lastMinute = Number.NaN;
let lastText = "";

/** Minutes since the epoch -> YYYY-MM-DDTHH:MM. */
function minuteText(minute: number): string {
  if (minute === lastMinute) return lastText;
  const days = Math.floor(minute / MINUTES_PER_DAY);
  const minuteOfDay = minute - days * MINUTES_PER_DAY;
  const hour = Math.floor(minuteOfDay / 60);
  lastMinute = minute;
  lastText = `${encodeDate(days)}T${two(hour)}:${two(minuteOfDay - hour * 60)}`;
  return lastText;
}

/**
 * Reads an RFC 3339 date-time with a zone (`Z` or an offset); a fraction beyond the millisecond is cut.
 * A leap second is read as the last millisecond before it. Undefined for anything that is no such time.
 */
export function decodeWireTime(text: string): number | undefined {
  if (text.length < 20 || text.length > 64 || !hasSeparators(text)) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return undefined;
  const zoneAt = fractionEnd(text);
  const offsetMinutes = zoneAt < 0 ? Number.NaN : decodeOffset(text, zoneAt);
  if (Number.isNaN(offsetMinutes)) return undefined;
  const minuteAt = daysBefore(year, month, day) * MS_PER_DAY + (hour * 60 + minute - offsetMinutes) * MS_PER_MINUTE;
  if (second === 60) return isBeforeLeapSecond(minuteAt) ? minuteAt + 59_999 : undefined;
  const at = minuteAt + second * 1000 + fractionMs(text, zoneAt);
  return at >= WIRE_TIME_MIN_MS && at <= WIRE_TIME_MAX_MS ? at : undefined;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function three(value: number): string {
  if (value < 10) return `00${value}`;
  return value < 100 ? `0${value}` : `${value}`;
}

/** Days since the epoch -> YYYY-MM-DD, counting years from March so that the leap day comes last. */
function encodeDate(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${year < 1000 ? `${year}`.padStart(4, "0") : year}-${two(month)}-${two(day)}`;
}

/** Days from the epoch to a date; the inverse of encodeDate. */
function daysBefore(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The number in `length` digits from `start`; -1 when one of them is no digit. */
function digits(text: string, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - 48;
  }
  return value;
}

function hasSeparators(text: string): boolean {
  const middle = text.charCodeAt(10);
  return (
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(7) === 45 &&
    (middle === 84 || middle === 116) &&
    text.charCodeAt(13) === 58 &&
    text.charCodeAt(16) === 58
  );
}

/** Where the zone begins; -1 when a decimal point has no digit after it. */
function fractionEnd(text: string): number {
  if (text.charCodeAt(19) !== 46) return 19;
  let end = 20;
  while (isDigit(text.charCodeAt(end))) end++;
  return end === 20 ? -1 : end;
}

function fractionMs(text: string, zoneAt: number): number {
  const length = Math.min(zoneAt - 20, 3);
  if (length <= 0) return 0;
  const value = digits(text, 20, length);
  return length === 3 ? value : value * (length === 2 ? 10 : 100);
}

/** Minutes east of UTC of the zone that fills the text from `start`; NaN when it is none. */
function decodeOffset(text: string, start: number): number {
  const sign = text.charCodeAt(start);
  if (sign === 90 || sign === 122) return text.length === start + 1 ? 0 : Number.NaN;
  if ((sign !== 43 && sign !== 45) || text.length !== start + 6 || text.charCodeAt(start + 3) !== 58) return Number.NaN;
  const hours = digits(text, start + 1, 2);
  const minutes = digits(text, start + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return Number.NaN;
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes);
}

/** Leap seconds are added at the end of June or December, UTC. */
function isBeforeLeapSecond(minuteAt: number): boolean {
  if (minuteAt < WIRE_TIME_MIN_MS || minuteAt > WIRE_TIME_MAX_MS) return false;
  const written = encodeWireTime(minuteAt);
  return written.endsWith("-06-30T23:59:00.000Z") || written.endsWith("-12-31T23:59:00.000Z");
}
