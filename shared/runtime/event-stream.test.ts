import type { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { EventStream } from "./event-stream.ts";

/** A listener of which nobody reads. */
function listener(): PassThrough & ServerResponse {
  return new PassThrough({ highWaterMark: 1 }) as unknown as PassThrough & ServerResponse;
}

test("a listener that reads nothing holds a megabyte at most, and is spared further words", () => {
  const stream = new EventStream();
  const slow = listener();
  stream.open(slow);
  const word = JSON.stringify({ text: "x".repeat(300_000) });
  for (let count = 0; count < 50; count += 1) stream.tell("view", word);
  expect(slow.writableLength).toBeLessThan(1_800_000);
  expect(stream.skipped).toBeGreaterThan(40);
  stream.close();
  expect(stream.size).toBe(0);
});
