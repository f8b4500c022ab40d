// A query of a dashboard -> the one that Grafana would send, with the time that is looked at and what is chosen.

export interface LookedAt {
  readonly fromMs: number;
  readonly toMs: number;
  /** By variable; "all": the dashboard's own word for it, or whatever there is. */
  readonly variables: Readonly<Record<string, Choice>>;
  /** What comes no oftener. */
  readonly leastIntervalMs: number;
}

export type Choice =
  | { readonly chosen: readonly string[] }
  /** "All", of a variable that has a word of its own for it: put in as it is. */
  | { readonly all: string };

/** Width of a picture on a screen: no more points than it has columns. */
const POINTS_MAX = 1000;
const STEPS_MS = [1000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000];
const DURATION = /^(\d+)([smhd])$/u;
const UNITS_MS = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** `48h` -> ms. */
export function durationMs(text: string): number {
  const [, count = "", unit = ""] = DURATION.exec(text) ?? [];
  const unitMs = UNITS_MS.get(unit);
  if (unitMs === undefined) throw new Error(`no duration: ${text}`);
  return Number(count) * unitMs;
}

function intervalMsOf({ fromMs, toMs, leastIntervalMs }: LookedAt): number {
  const wanted = Math.max((toMs - fromMs) / POINTS_MAX, leastIntervalMs);
  return STEPS_MS.find((step) => step >= wanted) ?? STEPS_MS.at(-1) ?? 0;
}

export function influxqlOf(text: string, looked: LookedAt): string {
  const intervalMs = intervalMsOf(looked);
  const asked = text
    .replaceAll("$timeFilter", `time >= ${looked.fromMs}ms and time <= ${looked.toMs}ms`)
    .replaceAll("$__interval_ms", String(intervalMs))
    .replaceAll("$__interval", `${intervalMs / 1000}s`)
    .replaceAll(/\$\{(\w+):regex\}/gu, (_all, name: string) => regexOf(choiceOf(looked, name)));
  return withoutVariables(asked);
}

/** `scrapeMs`: as the data source is told how often Prometheus scrapes. */
export function promqlOf(text: string, looked: LookedAt, scrapeMs: number): string {
  const rateMs = Math.max(intervalMsOf(looked) + scrapeMs, 4 * scrapeMs);
  const asked = text
    .replaceAll("$__rate_interval", `${rateMs}ms`)
    .replaceAll(
      /=~"\$(\w+)"/gu,
      (_all, name: string) => `=~"${regexOf(choiceOf(looked, name)).replaceAll("\\", "\\\\")}"`,
    );
  return withoutVariables(asked);
}

function choiceOf({ variables }: LookedAt, name: string): Choice {
  const choice = variables[name];
  if (choice === undefined) throw new Error(`there is no variable ${name}`);
  return choice;
}

/** One value stands as it is, several as alternatives; what means something in a pattern is escaped, and so is the end of one. */
function regexOf(choice: Choice): string {
  if ("all" in choice) return choice.all;
  const escaped = choice.chosen.map((value) => value.replaceAll(/[\\^$*+?.()|[\]{}/]/gu, String.raw`\$&`));
  return escaped.length === 1 ? (escaped[0] ?? "") : `(${escaped.join("|")})`;
}

/** What is left was misspelt, or has no format. */
function withoutVariables(text: string): string {
  const left = /\$\{?\w+/u.exec(text);
  if (left !== null) throw new Error(`${left[0]} stands for nothing: ${text}`);
  return text;
}
