import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { keptTerminal } from "../../../test/e2e/replay-here.ts";
import { Pace } from "./pace.ts";

vi.mock("node:timers/promises", () => ({ setTimeout: vi.fn<typeof sleep>() }));

const FROM = Date.UTC(2016, 10, 14, 8, 28);

/** Ten seconds of the log a second of ours. Sleeping takes no time here, it only moves the clock. */
function paced(): { pace: Pace; slept: number[]; spend: (ms: number) => void } {
  let now = 5_000_000;
  const slept: number[] = [];
  vi.mocked(sleep).mockImplementation((ms = 0) => {
    slept.push(ms);
    now += ms;
    return Promise.resolve(undefined as never);
  });
  const terminal = keptTerminal({ nowMs: () => now });
  return { pace: new Pace({ speed: 10, fromMs: FROM, terminal }), slept, spend: (ms) => void (now += ms) };
}

describe("the pace of the demo", () => {
  beforeEach(() => {
    vi.mocked(sleep).mockReset();
  });

  test("is kept by waiting for what is left", async () => {
    const { pace, slept, spend } = paced();
    await pace.keep(FROM);
    spend(300);
    await pace.keep(FROM + 10_000);
    await pace.keep(FROM + 30_000);
    expect(slept).toEqual([0, 700, 2_000]);
  });

  test("is not made up for by rushing when the machine was slow", async () => {
    const { pace, slept, spend } = paced();
    await pace.keep(FROM);
    spend(60_000);
    await pace.keep(FROM + 10_000);
    await pace.keep(FROM + 20_000);
    expect(slept).toEqual([0, 1_000]);
  });

  test("stands still for a reader, and goes on from there", async () => {
    const { pace, slept } = paced();
    await pace.keep(FROM);
    await pace.pause(4_000);
    await pace.keep(FROM + 10_000);
    expect(slept).toEqual([0, 4_000, 1_000]);
  });

  test("an interruption ends the wait without an error", async () => {
    const { pace } = paced();
    vi.mocked(sleep).mockRejectedValueOnce(new Error("aborted"));
    await expect(pace.pause(4_000)).resolves.toBeUndefined();
  });
});
