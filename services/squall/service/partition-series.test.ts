import { expect, test } from "vitest";
import { byPartition } from "./partition-series.ts";

const SHOWN_MAX = 500;

const partitions = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, partition) => [partition, 2]);
const sum = (one: number, other: number): number => one + other;

test("each partition by its number, as long as there are few", () => {
  expect([
    ...byPartition(
      [
        [4, 7],
        [0, 9],
      ],
      sum,
    ),
  ]).toEqual([
    ["4", 7],
    ["0", 9],
  ]);
  expect(byPartition(partitions(SHOWN_MAX), sum).has("other")).toBe(false);
});

test("the rest is one, joined as its metric wants it", () => {
  const many = byPartition(partitions(SHOWN_MAX + 3), sum);
  expect([many.size, many.get("other")]).toEqual([SHOWN_MAX + 1, 6]);
  expect(byPartition([...partitions(SHOWN_MAX + 2), [9_999, -5]], Math.min).get("other")).toBe(-5);
});
