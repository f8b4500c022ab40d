import { expect, test } from "vitest";
import { LineQueue } from "./line-queue.ts";

function add(queue: LineQueue, text: string): void {
  const { bytes, to } = queue.room(text.length);
  queue.add(bytes.write(text, to, "latin1"));
}

test("what was added is taken once, in order", () => {
  const queue = new LineQueue();
  expect(queue.take()).toBeUndefined();
  add(queue, "a\n");
  add(queue, "b\n");
  expect(queue.waiting).toBe(4);
  expect(queue.take()?.toString()).toBe("a\nb\n");
  expect(queue.waiting).toBe(0);
  expect(queue.take()).toBeUndefined();
  add(queue, "c\n");
  expect(queue.take()?.toString()).toBe("c\n");
  expect(queue.take()).toBeUndefined();
});

test("what is lent is not written again while lines are added", () => {
  const queue = new LineQueue();
  add(queue, "lent\n");
  const lent = queue.take();
  for (let line = 0; line < 40_000; line += 1) add(queue, `${line}\n`);
  expect(lent?.toString()).toBe("lent\n");
});

test("lines larger than a block, and many blocks, come out as they went in", () => {
  const queue = new LineQueue();
  const lines = Array.from({ length: 200 }, (_, line) => `${"x".repeat((line * 7919) % 90_000)}${line}\n`);
  const taken: string[] = [];
  lines.forEach((line, index) => {
    add(queue, line);
    if (index % 17 === 0) taken.push(queue.take()?.toString() ?? "");
  });
  for (let chunk = queue.take(); chunk !== undefined; chunk = queue.take()) {
    expect(chunk.at(-1)).toBe(10);
    taken.push(chunk.toString());
  }
  expect(taken.join("") === lines.join("")).toBe(true);
  expect(queue.waiting).toBe(0);
});
