import { expect, test } from "vitest";
import { ReadTimes } from "./read-times.ts";

/** One that is answered. */
function ask(times: ReadTimes, node: string, atMs: number): void {
  times.asks(node, atMs);
  times.answers(node);
}

test("what was there when an ask began is read when the next one begins", () => {
  const times = new ReadTimes();
  expect(times.sinceMs(0)).toBe(Number.POSITIVE_INFINITY);
  ask(times, "1", 1_000);
  expect(times.sinceMs(1_010)).toBe(Number.POSITIVE_INFINITY);
  ask(times, "1", 1_100);
  expect(times.sinceMs(1_150)).toBe(150);
  ask(times, "1", 1_200);
  expect(times.sinceMs(1_250)).toBe(150);
  // Nothing is asked while a group finds itself anew.
  expect(times.sinceMs(9_250)).toBe(8_150);
});

test("after a join only what is asked for from then on counts", () => {
  const times = new ReadTimes();
  for (const at of [0, 100, 200]) ask(times, "1", at);
  times.forget();
  ask(times, "1", 5_000);
  expect(times.sinceMs(5_010)).toBe(Number.POSITIVE_INFINITY);
  ask(times, "1", 5_100);
  expect(times.sinceMs(5_110)).toBe(110);
});

test("the node that is furthest behind decides, until it is asked no more", () => {
  const times = new ReadTimes();
  for (const at of [0, 100]) ask(times, "1", at);
  for (const at of [0, 100, 200, 300]) ask(times, "2", at);
  expect(times.sinceMs(300)).toBe(300);
  for (const at of [29_000, 30_200, 30_300]) ask(times, "2", at);
  expect(times.sinceMs(30_300)).toBe(100);
});

test("an ask that failed brought nothing", () => {
  const times = new ReadTimes();
  for (const at of [0, 100]) ask(times, "1", at);
  // The broker is away, and is tried again.
  for (const at of [200, 1_200, 2_200]) times.asks("1", at);
  expect(times.sinceMs(2_200)).toBe(2_100);
  ask(times, "1", 3_200);
  ask(times, "1", 3_300);
  expect(times.sinceMs(3_300)).toBe(100);
});
