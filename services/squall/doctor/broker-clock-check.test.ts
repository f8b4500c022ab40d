import { expect, test } from "vitest";
import type { NewestRecord, WriteTrial } from "../../../shared/runtime/topic-trials.ts";
import { brokerClockFinding } from "./broker-clock-check.ts";

const NOW_MS = Date.UTC(2026, 10, 26, 12);

/** Sent at NOW, answered after that time, stamped so much ahead of the sending. */
function write(appendedMs: number | undefined, tookMs = 20): WriteTrial {
  const appendedAtMs = appendedMs === undefined ? undefined : NOW_MS + appendedMs;
  return { topic: "t", fault: undefined, appendedAtMs, sentAtMs: NOW_MS, answeredAtMs: NOW_MS + tookMs };
}

function record(ageMs: number): NewestRecord {
  return { partition: 0, offset: 0, key: undefined, value: undefined, timestampMs: NOW_MS - ageMs };
}

const AGREES = "ok: the brokers' agrees with this machine's";
const NTP = "Let brokers, mail servers and this machine keep time by NTP (timedatectl).";
const MENDS = { ok: [], fail: [NTP], warn: [expect.stringMatching(/NTP|Run it again while lines come/u)] };
const UNKNOWN =
  "warn: not known whether the brokers' clocks agree with this one: no record is new, none could be written";

test.each<[string, WriteTrial[], NewestRecord[], string]>([
  ["within the time it took", [write(15)], [], AGREES],
  ["near", [write(4_000)], [], AGREES],
  ["ahead", [write(30_020)], [], "warn: the brokers' is 30 s ahead of this machine's"],
  ["far behind", [write(-120_000)], [], "fail: the brokers' is 2 min behind this machine's"],
  ["a slow answer says nothing of the clock", [write(28_000, 30_000)], [], AGREES],
  ["the best of several, and one that does not say", [write(undefined), write(70_000), write(10)], [], AGREES],
  ["nothing could be written, and something is new", [], [record(600_000), record(2_000)], AGREES],
  [
    "nothing could be written, and something is from the future",
    [],
    [record(-90_000)],
    "fail: the brokers' is 90 s ahead of this machine's",
  ],
  ["silence is no clock that is behind", [], [record(600_000)], UNKNOWN],
  ["nothing at all", [write(undefined)], [], UNKNOWN],
])("%s", (_, writes, newest, said) => {
  const { level, text, mend = [] } = brokerClockFinding({ writes, newest, nowMs: NOW_MS });
  expect(`${level}: ${text}`).toBe(said);
  expect(mend).toEqual(MENDS[level]);
});
