// How long to wait before a neighbour that failed is asked again; what its Retry-After asks for.

export interface DelayBounds {
  /** The longest delay after the first failure; it doubles with each further one, up to delayMaxMs. */
  readonly delayMs: number;
  readonly delayMaxMs: number;
}

/** No jitter makes a loop without pause. */
const DELAY_MIN_MS = 50;

/** Full jitter: anything from nothing to the whole delay. `failures` counts from 1; `random` is in [0, 1). */
export function retryDelayMs(bounds: DelayBounds, failures: number, random: number): number {
  const whole = Math.min(bounds.delayMaxMs, bounds.delayMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(DELAY_MIN_MS, Math.floor(random * whole));
}

const HTTP_DATES: ReadonlyArray<readonly [RegExp, string]> = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  [/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u, ""],
  // Sunday, 06-Nov-94 08:49:37 GMT
  [/^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/u, ""],
  // Sun Nov  6 08:49:37 1994
  [/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/u, " GMT"],
];

/**
 * What a Retry-After header asks for, ms from now; undefined when it cannot be read. A date is compared with the answer's own
 * Date where it has one: the receiver's clock may be wrong, its idea of a span is not.
 */
export function retryAfterMs(value: string, dateHeader: string | undefined, nowMs: number): number | undefined {
  const text = value.trim();
  if (/^\d{1,10}$/u.test(text)) return Number(text) * 1000;
  const at = httpDate(text);
  if (at === undefined) return undefined;
  return Math.max(0, at - (httpDate(dateHeader?.trim() ?? "") ?? nowMs));
}

/** The three forms of RFC 9110, ms since the epoch. */
function httpDate(text: string): number | undefined {
  const form = HTTP_DATES.find(([pattern]) => pattern.test(text));
  if (form === undefined) return undefined;
  const at = Date.parse(`${text}${form[1]}`);
  return Number.isNaN(at) ? undefined : at;
}
