import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Places } from "./places.ts";

function sorted(values: readonly number[]): number[] {
  const places = new Places();
  for (const value of values) places.push(value);
  places.sort((a, b) => a - b);
  return Array.from({ length: places.length }, (_, index) => places.at(index));
}

test("places are put in order, however far they are from it", () => {
  const values = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 5000, size: "max" });
  fc.assert(
    fc.property(values, (some) => {
      expect(sorted(some)).toEqual(some.toSorted((a, b) => a - b));
    }),
    { seed: 1, numRuns: 200 },
  );
  const backwards = Array.from({ length: 3000 }, (_, index) => 3000 - index);
  expect(sorted(backwards)).toEqual(backwards.toReversed());
});

test("a list that was emptied is filled anew", () => {
  const places = new Places();
  for (let turn = 0; turn < 3; turn += 1) {
    for (let place = 0; place < 2000; place += 1) places.push(place * turn);
    expect([places.length, places.at(1999)]).toEqual([2000, 1999 * turn]);
    places.clear();
    expect(places.length).toBe(0);
  }
});
