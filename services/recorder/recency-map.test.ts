import { expect, test } from "vitest";

import { RecencyMap } from "./recency-map.ts";

test("what was set longest ago comes first, whatever was set again or deleted meanwhile", () => {
  const map = new RecencyMap<number>();
  expect(map.takeOldest()).toBeUndefined();
  for (const [index, key] of ["a", "b", "c", "d"].entries()) map.set(key, index);
  map.set("a", 10);
  map.delete("c");
  expect([map.takeOldest(), map.takeOldest()]).toEqual([1, 3]);
  map.set("e", 4);
  expect([map.takeOldest(), map.takeOldest(), map.takeOldest()]).toEqual([10, 4, undefined]);
  map.set("f", 5);
  expect(map.has("f")).toBe(true);
  expect([map.takeOldest(), map.size]).toEqual([5, 0]);
});
