import { expect, test } from "vitest";
import { seedsFrom, stormsOfDay } from "./ordinary-days.ts";

test.each(seedsFrom(76))("no storm opens on the ordinary day of seed %i", async (seed) => {
  expect(await stormsOfDay(seed)).toEqual([]);
});
