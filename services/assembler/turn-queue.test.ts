import { expect, test } from "vitest";
import type { Waiting } from "./waiting.ts";
import { TurnQueue } from "./turn-queue.ts";

const waiting = (at: number): Waiting => ({
  at,
  host: "mx",
  queueId: "A",
  last: "",
  mail: undefined,
  given: undefined,
});

test("tickets come out as they went in, however many there are", () => {
  const queue = new TurnQueue();
  const seen: (readonly [number, number])[] = [];
  let next = 0;
  for (let round = 0; round < 6; round += 1) {
    for (let count = 0; count < 700; count += 1) queue.push(next, next++ * 10);
    for (let count = 0; count < 300; count += 1) {
      seen.push([queue.next, queue.nextTime]);
      queue.shift(queue.next);
    }
  }
  while (queue.size > 0) {
    seen.push([queue.next, queue.nextTime]);
    queue.shift(queue.next);
  }
  expect(seen).toEqual(Array.from({ length: 4200 }, (_, ticket) => [ticket, ticket * 10]));
  expect(queue.nextTime).toBe(Number.POSITIVE_INFINITY);
});

test("what is no packed mail has a ticket of its own, used again once it is gone", () => {
  const queue = new TurnQueue();
  const [first, second] = [queue.ticketFor(waiting(1)), queue.ticketFor(waiting(2))];
  queue.push(first, 1);
  queue.push(second, 2);
  expect(queue.other(queue.next)?.at).toBe(1);
  queue.shift(queue.next);
  expect(queue.ticketFor(waiting(3))).toBe(first);
  expect(queue.other(queue.next)?.at).toBe(2);
});

test("packed mails keep their turn when they are renumbered or replaced", () => {
  const queue = new TurnQueue();
  for (const mail of [4, 2, 9]) queue.push(mail, mail);
  queue.replace(2, waiting(2));
  const numbers = new Int32Array(10);
  for (const [before, after] of [
    [4, 0],
    [2, 1],
    [9, 2],
  ] as const) {
    numbers[before] = after + 1;
  }
  queue.renumber(numbers);
  expect([queue.next, queue.inPlaceOf(0)]).toEqual([0, undefined]);
  queue.shift(0);
  expect([queue.next, queue.inPlaceOf(1)?.at]).toEqual([1, 2]);
  queue.shift(1);
  expect([queue.next, queue.inPlaceOf(1)]).toEqual([2, undefined]);
});
