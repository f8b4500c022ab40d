import { expect, test } from "vitest";
import { poissonInterval } from "./poisson-interval.ts";

// Published tables of the exact interval.
test.each([
  [0, 0, 3.6889],
  [1, 0.0253, 5.5716],
  [2, 0.2422, 7.2247],
  [6, 2.2019, 13.0595],
  [12, 6.2006, 20.9616],
  [100, 81.3639, 121.6271],
])("%i events: %f to %f", (count, low, high) => {
  const interval = poissonInterval(count);
  expect(interval.low).toBeCloseTo(low, 3);
  expect(interval.high).toBeCloseTo(high, 3);
});

test("many events: as the normal distribution has it", () => {
  const { low, high } = poissonInterval(1481);
  expect([Math.round(low), Math.round(high)]).toEqual([1407, 1558]);
});
