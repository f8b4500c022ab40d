// Lengths of time as configuration writes them (`250ms`, `30s`, `5m`, `1h`, `2d`) <-> ms.

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);
const DURATION = /^(\d{1,12})(ms|s|m|h|d)$/u;

/** How a duration is written, for messages. */
export const DURATION_FORMS = "30s, 5m, 1h, 250ms or 2d";

/** The duration in ms; undefined when the text is none, or is longer than can be counted exactly. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  const unitMs = UNITS.get(match?.[2] ?? "");
  if (match === null || unitMs === undefined) return undefined;
  const durationMs = Number(match[1]) * unitMs;
  return Number.isSafeInteger(durationMs) ? durationMs : undefined;
}

/** The shortest way to write a duration of whole ms: `90000` is `90s`, `3600000` is `1h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0s";
  for (const [unit, unitMs] of Array.from(UNITS).toReversed()) {
    if (durationMs % unitMs === 0) return `${durationMs / unitMs}${unit}`;
  }
  return `${Math.round(durationMs)}ms`;
}
