// An IANA zone -> how far its clocks are from UTC at a moment.

/** ms since the epoch -> ms that are to be added for what a clock of the zone shows. */
export type ZoneOffset = (at: number) => number;

export const UTC_OFFSET: ZoneOffset = () => 0;

/** Takes "UTC" and offsets such as "+01:00" too. Throws RangeError for a zone that is not known. */
export function zoneOffset(timeZone: string): ZoneOffset {
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
  return (at) => {
    const shown: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(at)) if (type !== "literal") shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
  };
}
