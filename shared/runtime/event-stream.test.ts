import type { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { EventStream } from "./event-stream.ts";

/** A listener of which nobody reads. */
function listener(): PassThrough & ServerResponse {
  return new PassThrough({ highWaterMark: 1 }) as unknown as PassThrough & ServerResponse;
}

const word = JSON.stringify({ text: "x".repeat(300_000) });

test("a listener that reads nothing holds a megabyte at most, and is spared further words", () => {
  const stream = new EventStream();
  const slow = listener();
  stream.open(slow, "view", "{}");
  for (let count = 0; count < 50; count += 1) stream.tell("view", word);
  expect(slow.writableLength).toBeLessThan(1_800_000);
  expect(stream.skipped).toBeGreaterThan(40);
  stream.close();
  expect(stream.size).toBe(0);
});

test("one that takes nothing for half a minute gives its place to others; one that takes something in between keeps it", () => {
  let nowMs = 0;
  const stream = new EventStream(() => nowMs);
  const of = () => ({
    writableLength: 2_000_000,
    destroyed: false,
    write: () => true,
    on: () => undefined,
    destroy: () => true,
  });
  const [dead, slow] = [of(), of()];
  for (const one of [dead, slow]) {
    one.destroy = () => (one.destroyed = true);
    stream.open(one as unknown as ServerResponse, "view", "{}");
  }
  for (; nowMs < 45_000; nowMs += 1_000) {
    slow.writableLength = nowMs === 20_000 ? 0 : 2_000_000;
    stream.tell("view", word);
  }
  expect([stream.size, stream.givenUp, dead.destroyed, slow.destroyed]).toEqual([1, 1, true, false]);
});
