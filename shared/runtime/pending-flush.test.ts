import { expect, test } from "vitest";
import { createStateMemory, MemoryStateLog } from "../../test/support/memory-state-log.ts";
import { PendingFlush } from "./pending-flush.ts";
import { StateLogError } from "./state-log.ts";

function texts(entries: ReadonlyMap<string, Buffer>): Record<string, string> {
  return Object.fromEntries(Array.from(entries, ([key, value]) => [key, value.toString()]));
}

test("entries are written with the flush that is next when they are put, the last value of each", async () => {
  const memory = createStateMemory();
  const log = new MemoryStateLog(memory);
  const pending = new PendingFlush();
  await pending.write(log);
  pending.put("a", Buffer.from("1"));
  pending.put("a", Buffer.from("22"));
  pending.put("b", undefined);
  expect([pending.keys, pending.bytes]).toEqual([2, 2 * 65 + 2]);
  const flush = pending.write(log);
  pending.put("b", Buffer.from("3"));
  await expect(pending.write(log)).rejects.toMatchObject({ fault: "misuse" });
  await flush;
  expect(texts(memory.entries)).toEqual({ a: "22" });
  await pending.write(log);
  expect(texts(memory.entries)).toEqual({ a: "22", b: "3" });
  expect([pending.keys, pending.bytes]).toEqual([0, 0]);
});

test("what found no room is tried again below what was put meanwhile", async () => {
  const memory = createStateMemory();
  const log = new MemoryStateLog(memory);
  const pending = new PendingFlush();
  pending.put("a", Buffer.from("1"));
  pending.put("b", Buffer.from("1"));
  memory.fault = new StateLogError("full", "no space");
  const flush = pending.write(log);
  pending.put("b", undefined);
  pending.put("c", Buffer.from("2"));
  await expect(flush).rejects.toMatchObject({ fault: "full" });
  expect([pending.keys, pending.bytes]).toEqual([3, 3 * 65 + 2]);
  await pending.write(log);
  expect(texts(memory.entries)).toEqual({ a: "1", c: "2" });
});
