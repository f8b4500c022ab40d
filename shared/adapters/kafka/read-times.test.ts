import { expect, test } from "vitest";
import { ReadTimes } from "./read-times.ts";

test("what was there when an ask began is read when the next one begins", () => {
  const times = new ReadTimes();
  expect(times.sinceMs(0)).toBe(Number.POSITIVE_INFINITY);
  times.asks("1", 1_000);
  expect(times.sinceMs(1_010)).toBe(Number.POSITIVE_INFINITY);
  times.asks("1", 1_100);
  expect(times.sinceMs(1_150)).toBe(150);
  times.asks("1", 1_200);
  expect(times.sinceMs(1_250)).toBe(150);
  // Nothing is asked while a group finds itself anew.
  expect(times.sinceMs(9_250)).toBe(8_150);
});

test("after a join only what is asked for from then on counts", () => {
  const times = new ReadTimes();
  for (const at of [0, 100, 200]) times.asks("1", at);
  times.forget();
  times.asks("1", 5_000);
  expect(times.sinceMs(5_010)).toBe(Number.POSITIVE_INFINITY);
  times.asks("1", 5_100);
  expect(times.sinceMs(5_110)).toBe(110);
});

test("the node that is furthest behind decides, until it is asked no more", () => {
  const times = new ReadTimes();
  for (const at of [0, 100]) times.asks("1", at);
  for (const at of [0, 100, 200, 300]) times.asks("2", at);
  expect(times.sinceMs(300)).toBe(300);
  for (const at of [29_000, 30_200, 30_300]) times.asks("2", at);
  expect(times.sinceMs(30_300)).toBe(100);
});
