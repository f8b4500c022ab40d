import { describe, expect, test } from "vitest";
import { StreamTime } from "../../ingest/stream-time.ts";
import { type FollowedInput, LiveTime } from "./live-time.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 24, 12);
const LATENESS = 30 * SECOND;

/** An input whose last line, stamped `stampMs`, arrived at `arrivedAtMs`. */
function input(isCaughtUp: boolean, stampMs?: number, arrivedAtMs = NOON): FollowedInput {
  const streamTime = new StreamTime(LATENESS);
  if (stampMs !== undefined) {
    streamTime.arrive(arrivedAtMs);
    streamTime.observe(stampMs);
  }
  const wait = (nowMs: number): void => {
    streamTime.wait(nowMs);
  };
  return { ingest: { streamTime, wait }, isCaughtUp };
}

/** The watermark at `nowMs`, without the allowed lateness, relative to noon. */
function reached(time: LiveTime, nowMs: number, ...inputs: readonly FollowedInput[]): number {
  return time.at(nowMs, inputs).watermark + LATENESS - NOON;
}

const BEFORE = Number.NEGATIVE_INFINITY;

describe("the time that live running has come to", () => {
  test.each<[string, readonly FollowedInput[], number]>([
    ["is not known without an input", [], BEFORE],
    ["nor before the first line", [input(true)], BEFORE],
    ["is its log's where a log has more to be read", [input(false, NOON - 10 * SECOND)], -10 * SECOND],
    ["goes on by our clock where it has not", [input(true, NOON - 10 * SECOND)], 50 * SECOND],
    ["is that of the input furthest behind", [input(true, NOON), input(false, NOON - HOUR)], -HOUR],
    ["whatever is silent from its beginning", [input(true, NOON), input(true)], MINUTE],
    ["and stands while nobody knows from when a backlog is", [input(true, NOON), input(false)], BEFORE],
  ])("%s", (_name, inputs, expected) => {
    expect(reached(new LiveTime(LATENESS), NOON + MINUTE, ...inputs)).toBe(expected);
  });

  test("does not go back for an input that is new, nor for one that ends", () => {
    const time = new LiveTime(LATENESS);
    const one = input(true, NOON);
    expect(reached(time, NOON + MINUTE, one)).toBe(MINUTE);
    expect(reached(time, NOON + MINUTE, one, input(false, NOON - 5 * HOUR))).toBe(MINUTE);
    // No input is left: time goes on.
    expect(reached(time, NOON + 3 * MINUTE)).toBe(3 * MINUTE);
  });

  test("goes back when our clock is set back and the logs' with it, and not before they say so", () => {
    const time = new LiveTime(LATENESS);
    const one = input(true, NOON);
    time.at(NOON + MINUTE, [one]);
    const set = NOON - 3 * HOUR;
    expect(time.at(set, [one])).toEqual({
      streamTimeMs: NOON + MINUTE,
      watermark: NOON + MINUTE - LATENESS,
      isSetBack: false,
    });
    // While all is silent it goes on from where it was.
    expect(reached(time, set + MINUTE, one)).toBe(2 * MINUTE);
    one.ingest.streamTime.arrive(set + 2 * MINUTE);
    one.ingest.streamTime.observe(set + 2 * MINUTE);
    const back = { streamTimeMs: set + 2 * MINUTE, watermark: set + 2 * MINUTE - LATENESS };
    expect(time.at(set + 2 * MINUTE, [one])).toEqual({ ...back, isSetBack: true });
    expect(time.at(set + 2 * MINUTE, [one])).toEqual({ ...back, isSetBack: false });
  });

  test("and not by what an input read before that", () => {
    const time = new LiveTime(LATENESS);
    const behind = input(false, NOON);
    time.at(NOON, [behind]);
    const set = NOON - 3 * HOUR;
    expect(time.at(set, [behind]).isSetBack).toBe(false);
    behind.ingest.streamTime.arrive(set);
    behind.ingest.streamTime.observe(set);
    expect(time.at(set, [behind])).toMatchObject({ watermark: set - LATENESS, isSetBack: true });
  });

  test("goes on after a stop as one that was never stopped", () => {
    const time = new LiveTime(LATENESS);
    time.at(NOON + MINUTE, [input(true, NOON)]);
    const other = new LiveTime(LATENESS);
    other.restore(time.state());
    for (const one of [time, other]) expect(reached(one, NOON + HOUR)).toBe(HOUR);
    expect(other.state()).toEqual(time.state());
  });

  test("a state of a wrong clock's future is left when the first log says where it is", () => {
    const time = new LiveTime(LATENESS);
    time.at(Date.UTC(2036, 0, 1), [input(true, Date.UTC(2036, 0, 1), Date.UTC(2036, 0, 1))]);
    const other = new LiveTime(LATENESS);
    other.restore(time.state());
    expect(other.at(NOON, [input(false, NOON)])).toMatchObject({ watermark: NOON - LATENESS, isSetBack: true });
  });
});
