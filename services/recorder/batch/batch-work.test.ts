import { assert, integer, property, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";

import { BatchWork } from "./batch-work.ts";

const SEED = 20_161_114;
const WIDE = { linesMax: 1_000, bytesMax: 1_000_000 };

interface Played {
  readonly stored: number[];
  readonly refused: number[];
  readonly requests: number;
}

/** A server that takes every line but `bad`. */
function play(lines: number, bad: ReadonlySet<number>, bounds = WIDE): Played {
  const work = new BatchWork(
    Array.from({ length: lines }, () => 10),
    bounds,
  );
  const stored: number[] = [];
  let requests = 0;
  for (let range = work.next(); range !== undefined; range = work.next()) {
    requests += 1;
    const indexes = Array.from({ length: range.to - range.from }, (_, at) => range.from + at);
    if (!indexes.some((index) => bad.has(index))) {
      stored.push(...indexes);
      work.stored();
    } else if (work.isFound(false)) work.refuse("bad");
    else work.halve();
  }
  return { stored, refused: work.refused.map(({ index }) => index), requests };
}

describe("one bad line of 1,000 is found by halves, and all others are stored once", () => {
  test.each([0, 1, 499, 500, 999])("line %i", (bad) => {
    const { stored, refused, requests } = play(1_000, new Set([bad]));
    expect(refused).toEqual([bad]);
    expect(stored).toHaveLength(999);
    expect(requests).toBeLessThanOrEqual(21);
  });
});

test("whatever lines are bad: these are refused, all others stored, each once and in order", () => {
  const bad = uniqueArray(integer({ min: 0, max: 199 }), { maxLength: 200 });
  assert(
    property(integer({ min: 0, max: 200 }), bad, (lines, indexes) => {
      const wrong = indexes.filter((index) => index < lines).toSorted((a, b) => a - b);
      const { stored, refused } = play(lines, new Set(wrong), { linesMax: 64, bytesMax: 300 });
      expect(refused).toEqual(wrong);
      expect(stored).toEqual(
        Array.from({ length: lines }, (_, index) => index).filter((index) => !wrong.includes(index)),
      );
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test("a batch is cut by lines and by bytes; a line that is longer goes alone", () => {
  const ranges: string[] = [];
  const work = new BatchWork([10, 10, 10, 200, 10, 10], { linesMax: 2, bytesMax: 100 });
  for (let range = work.next(); range !== undefined; range = work.next()) {
    ranges.push(`${range.from}-${range.to}`);
    work.stored();
  }
  expect(ranges).toEqual(["0-2", "2-3", "3-4", "4-6"]);
});

test("all of them at once, when the server says so", () => {
  const work = new BatchWork([10, 10, 10], WIDE);
  expect(work.isFound(false)).toBe(false);
  expect(work.isFound(true)).toBe(true);
  work.refuse("type conflict");
  expect(work.next()).toBeUndefined();
  expect(work.refused).toEqual([0, 1, 2].map((index) => ({ index, detail: "type conflict" })));
});
