import { expect, test } from "vitest";
import { createReceiverCounters } from "../../alerter/receiver-counters.ts";
import { receiverHealth } from "./receiver-health.ts";

const failingSinceMs = Date.UTC(2026, 10, 27, 9);
const SINCE = "no try has come through since 10:00:00 on 27 November 2026";

test.each([
  [{}, "well", "all was told"],
  [{ waiting: 1 }, "well", "1 notification to be told"],
  [
    { waiting: 3, failuresInRow: 9, failingSinceMs, failure: "status 500" },
    "down",
    `it has not heard 3 notifications; ${SINCE} (status 500)`,
  ],
  [{ failuresInRow: 9, failingSinceMs }, "down", `what it was to hear was given up, or is out of date; ${SINCE}`],
  [{ waiting: 2, isDisabled: true }, "down", "it answered that it is gone (410)"],
] as const)("a receiver with %j", (change, state, words) => {
  const calm = {
    waiting: 0,
    inFlight: 0,
    isDisabled: false,
    failuresInRow: 0,
    failingSinceMs: undefined,
    failure: undefined,
  };
  const status = { name: "pager", ...createReceiverCounters(), ...calm, oldestSinceMs: undefined, ...change };
  expect(receiverHealth(status, "Europe/Berlin")).toEqual({ name: "Telling pager", state, words });
});
