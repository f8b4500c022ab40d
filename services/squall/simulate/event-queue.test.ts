import { array, assert, nat, property } from "fast-check";
import { expect, test } from "vitest";
import { createEventQueue } from "./event-queue.ts";

test("actions run in order of time, those of one time as they were scheduled", () => {
  assert(
    property(array(nat(20), { maxLength: 200 }), (times) => {
      const events = createEventQueue();
      const ran: [number, number][] = [];
      for (const [turn, at] of times.entries()) events.schedule(at, (now) => ran.push([now, turn]));
      while (events.size() > 0) events.runNext();
      const wanted = times.map((at, turn): [number, number] => [at, turn]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(ran).toEqual(wanted);
    }),
    { seed: 4 },
  );
});

test("nothing runs in the past", () => {
  const events = createEventQueue();
  const ran: number[] = [];
  events.schedule(100, () => events.schedule(50, (now) => ran.push(now)));
  events.advance(120);
  events.schedule(110, (now) => ran.push(now));
  while (events.size() > 0) events.runNext();
  expect(ran).toEqual([120, 120]);
  expect(events.nextAt()).toBe(Infinity);
});
