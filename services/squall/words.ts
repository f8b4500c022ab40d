// Sizes and times of a run as people read them; numbers and spans are those of the alert text.

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** "4.2 GB", decimal units. */
export function byteCount(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 100 ? value.toFixed(1) : Math.round(value)} ${BYTE_UNITS[unit] ?? "B"}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** "2016-11-14 08:29:00" in the zone. */
export function clockOf(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    formats.set(timeZone, format);
  }
  return format.format(ms);
}
