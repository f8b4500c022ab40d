import { expect, test, vi } from "vitest";
import { StateLogError, type StateEntry } from "../../../shared/runtime/state-log.ts";
import { FlushTurns } from "./flush-turns.ts";

test("without room the tries get rare as they get dear, and nobody waits with an alert for them", async () => {
  vi.useFakeTimers();
  let tries = 0;
  const flushed: boolean[] = [];
  const turns = new FlushTurns({
    log: {
      append: async (_entries: readonly StateEntry[]) => {
        tries += 1;
        // What a try costs.
        vi.advanceTimersByTime(50);
        await Promise.resolve();
        throw new StateLogError("full", "no room");
      },
      read: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    changes: (put) => put("a/b", Buffer.from("x")),
    onFlushed: (isKept) => void flushed.push(isKept),
    onBroken: () => undefined,
    say: () => undefined,
  });
  await turns.now();
  for (let turn = 0; turn < 5; turn += 1) await turns.now();
  expect(tries).toBe(1);
  expect(flushed).toHaveLength(6);
  vi.advanceTimersByTime(1_000);
  await turns.now();
  expect(tries).toBeGreaterThan(1);
  vi.useRealTimers();
});
