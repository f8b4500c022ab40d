import { expect, test } from "vitest";
import { createReceiverCounters } from "../../alerter/receiver-counters.ts";
import { receiverHealth } from "./receiver-health.ts";

const NOW = Date.UTC(2026, 10, 27, 9);

test.each([
  [{}, "well", "all was told"],
  [{ waiting: 1 }, "well", "1 notification to be told"],
  [
    { waiting: 3, failuresInRow: 9, failingSinceMs: NOW - 3_600_000 },
    "down",
    "3 notifications to be told, failing for 60 min",
  ],
  // By a clock that was set back meanwhile.
  [{ waiting: 1, failuresInRow: 1, failingSinceMs: NOW + 5_000 }, "down", "1 notification to be told, failing for 0 s"],
  [{ waiting: 2, isDisabled: true }, "down", "it answered that it is gone (410)"],
] as const)("a receiver with %j", (change, state, words) => {
  const calm = { waiting: 0, inFlight: 0, isDisabled: false, failuresInRow: 0, failingSinceMs: undefined };
  const status = { name: "pager", ...createReceiverCounters(), ...calm, oldestSinceMs: undefined, ...change };
  expect(receiverHealth(status, NOW)).toEqual({ name: "Telling pager", state, words });
});
