// a count of rare events -> the exact 95 % interval of its mean (Garwood 1936): the means under which so many or more, or so many
// or fewer, come with a chance of 2.5 %.

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const TAIL = 0.025;
const HALVINGS = 100;

/** `count` is a whole number, 0 or more. */
export function poissonInterval(count: number): Interval {
  const ceiling = count + 10 * Math.sqrt(count + 1) + 10;
  const low = count === 0 ? 0 : bisect(ceiling, (mean) => 1 - chanceUpTo(count - 1, mean) < TAIL);
  return { low, high: bisect(ceiling, (mean) => chanceUpTo(count, mean) > TAIL) };
}

/** Chance of `count` events or fewer. */
function chanceUpTo(count: number, mean: number): number {
  let chance = 0;
  let logFactorial = 0;
  for (let events = 0; events <= count; events += 1) {
    if (events > 1) logFactorial += Math.log(events);
    chance += Math.exp(events * Math.log(mean) - mean - logFactorial);
  }
  return chance;
}

/** The largest mean for which `isBelow` still holds. */
function bisect(ceiling: number, isBelow: (mean: number) => boolean): number {
  let low = 0;
  let high = ceiling;
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
