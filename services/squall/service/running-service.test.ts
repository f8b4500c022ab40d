import { describe, expect, test } from "vitest";
import { pollUntil } from "../../../test/support/poll.ts";
import { LogError } from "../../../shared/runtime/topic-log.ts";
import { type RunningService, readiness, startPatiently } from "./running-service.ts";

const UNREACHABLE = new LogError("unreachable", "connect ECONNREFUSED 127.0.0.1:9092");

function service(change: Partial<RunningService> = {}): RunningService & { readonly stops: number } {
  const one = {
    stops: 0,
    start: () => Promise.resolve(),
    run: () => Promise.resolve(),
    stop() {
      one.stops += 1;
      return Promise.resolve();
    },
    isReady: true,
    waitsFor: "group joined",
    ...change,
  };
  return one;
}

describe("start", () => {
  /** Time flies. */
  const clock = {
    nowMs: () => 0,
    after(delayMs: number, act: () => void) {
      waits.push(delayMs);
      queueMicrotask(act);
      return () => undefined;
    },
  };
  let waits: number[] = [];

  test("waits longer and longer while no broker answers, says so once, and closes what it began", async () => {
    waits = [];
    const said: string[] = [];
    const away = service({ start: () => Promise.reject(UNREACHABLE) });
    const there = service();
    const make = () => Promise.resolve(waits.length < 7 ? away : there);
    const signal = new AbortController().signal;
    expect(await startPatiently(make, { signal, clock, say: (line) => said.push(line) })).toBe(there);
    expect(said).toEqual(["no broker answers, tried again until one does: connect ECONNREFUSED 127.0.0.1:9092"]);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    expect([away.stops, there.stops]).toEqual([7, 0]);
  });

  test("what does not pass is not tried again", async () => {
    const refused = new LogError("refused", "no such topic: x");
    const one = service({ start: () => Promise.reject(refused) });
    const options = { signal: new AbortController().signal, clock, say: () => undefined };
    await expect(startPatiently(() => Promise.resolve(one), options)).rejects.toBe(refused);
    expect(one.stops).toBe(1);
  });

  test("the signal ends the waiting between two tries", async () => {
    const controller = new AbortController();
    const never = { nowMs: () => 0, after: () => () => undefined };
    const options = { signal: controller.signal, clock: never, say: () => controller.abort() };
    expect(await startPatiently(() => Promise.reject(UNREACHABLE), options)).toBeUndefined();
  });

  test("the signal ends a try under way; what comes of it later is stopped", async () => {
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    const one = service({
      start() {
        controller.abort();
        return promise;
      },
    });
    const options = { signal: controller.signal, clock, say: () => undefined };
    expect(await startPatiently(() => Promise.resolve(one), options)).toBeUndefined();
    resolve();
    await pollUntil(() => one.stops === 1, { deadlineMs: 1_000, what: "it to be stopped" });
  });
});

test.each([
  ["before a broker answered", undefined, false, "not yet: brokers reached"],
  [
    "while states are read",
    service({ isReady: false, waitsFor: "state of 2 partitions restored" }),
    false,
    "not yet: state of 2 partitions restored",
  ],
  ["at its end", service(), true, "stopping"],
])("not ready %s", (_, running, isStopping, text) => {
  expect(readiness(running, isStopping)).toEqual({ ok: false, text });
});

test("ready", () => {
  expect(readiness(service(), false)).toEqual({ ok: true, text: "ready" });
});
