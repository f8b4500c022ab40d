import { describe, expect, test } from "vitest";
import { ArrivalTime } from "./arrival-time.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 24, 12);

/** An input whose log is where our clock is, less `lagMs`, and of which all there was has just been read. */
function caughtUp(nowMs: number, lagMs = 0, arrival = new ArrivalTime()): ArrivalTime {
  arrival.wait(nowMs);
  arrival.arrive(nowMs, nowMs - lagMs);
  return arrival;
}

function timeOf(arrival: ArrivalTime, stampMs: number, host: string | undefined): number {
  const stamped = { eventTimeMs: stampMs };
  arrival.settle(stamped, host);
  return stamped.eventTimeMs;
}

describe("a stamp that is ahead of its arrival", () => {
  test.each<[string, number, number]>([
    ["by nothing", 0, 0],
    ["by 5 min is taken as it is", 5 * MINUTE, 5 * MINUTE],
    ["by more is set to the arrival", 5 * MINUTE + 1, 0],
    ["by years too", 10 * 365 * 24 * HOUR, 0],
  ])("%s", (_name, ahead, expected) => {
    const arrival = caughtUp(NOON);
    expect(timeOf(arrival, NOON + ahead, "mx") - NOON).toBe(expected);
    expect(arrival.counters).toEqual({ stampsAhead: ahead > 5 * MINUTE ? 1 : 0, stampsBehind: 0 });
  });

  test("in a replay is taken as it is", () => {
    const arrival = new ArrivalTime();
    arrival.arrive(Number.NaN, NOON);
    expect(timeOf(arrival, NOON + 100 * HOUR, "mx")).toBe(NOON + 100 * HOUR);
    expect(timeOf(arrival, NOON - 100 * HOUR, "mx")).toBe(NOON - 100 * HOUR);
    expect(arrival.counters).toEqual({ stampsAhead: 0, stampsBehind: 0 });
  });
});

/** Lines of a host, one each second for `seconds`, stamped `behindMs` behind our clock; their event times, relative to our clock. */
function lag(
  arrival: ArrivalTime,
  host: string,
  how: { seconds: number; behindMs: number; pace?: number; fromMs?: number },
): number[] {
  const { seconds, behindMs, pace = 1, fromMs = NOON } = how;
  return Array.from({ length: seconds }, (_, second) => {
    const nowMs = fromMs + second * SECOND;
    caughtUp(nowMs, 0, arrival);
    return timeOf(arrival, fromMs + second * pace * SECOND - behindMs, host) - nowMs;
  });
}

describe("a host whose stamps are far behind the log", () => {
  test("and go on as our clock does has a clock that is behind: it is set on after 10 s", () => {
    const arrival = new ArrivalTime();
    const times = lag(arrival, "mx", { seconds: 20, behindMs: 3 * HOUR });
    expect(times.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => -3 * HOUR));
    expect(times.slice(10)).toEqual(Array.from({ length: 10 }, () => 0));
    expect(arrival.counters).toEqual({ stampsAhead: 0, stampsBehind: 10 });
  });

  test("less than an hour is late, and nothing else", () => {
    const times = lag(new ArrivalTime(), "mx", { seconds: 20, behindMs: 59 * MINUTE });
    expect(new Set(times)).toEqual(new Set([-59 * MINUTE]));
  });

  test("and run sends what was kept back: it is late, each line by what it is", () => {
    const times = lag(new ArrivalTime(), "mx", { seconds: 60, behindMs: 10 * HOUR, pace: 60 });
    expect(times[59]).toBe(-10 * HOUR + 59 * 59 * SECOND);
  });

  test("is one host among others: theirs are taken as they are", () => {
    const arrival = new ArrivalTime();
    lag(arrival, "slow", { seconds: 20, behindMs: 3 * HOUR });
    caughtUp(NOON + 20 * SECOND, 0, arrival);
    expect(timeOf(arrival, NOON + 20 * SECOND, "mx")).toBe(NOON + 20 * SECOND);
    expect(timeOf(arrival, NOON + 20 * SECOND - 3 * HOUR, "slow")).toBe(NOON + 20 * SECOND);
    expect(timeOf(arrival, NOON + 20 * SECOND - 3 * HOUR, undefined)).toBe(NOON + 20 * SECOND - 3 * HOUR);
  });

  test("is set on to where the log is, which may be hours from our clock for want of a zone", () => {
    const arrival = new ArrivalTime();
    for (let second = 0; second < 20; second += 1) {
      caughtUp(NOON + second * SECOND, 8 * HOUR, arrival);
      const eventTime = timeOf(arrival, NOON + second * SECOND - 11 * HOUR, "mx");
      expect(eventTime - NOON - second * SECOND).toBe(second < 10 ? -11 * HOUR : -8 * HOUR);
    }
  });

  test("until its clock is put right", () => {
    const arrival = new ArrivalTime();
    lag(arrival, "mx", { seconds: 20, behindMs: 3 * HOUR });
    expect(lag(arrival, "mx", { seconds: 2, behindMs: 0, fromMs: NOON + 20 * SECOND })).toEqual([0, 0]);
    // What was known of it is forgotten: another time is another proof.
    expect(lag(arrival, "mx", { seconds: 1, behindMs: 3 * HOUR, fromMs: NOON + HOUR })).toEqual([-3 * HOUR]);
  });

  test("and whose clock is set again is proved again", () => {
    const arrival = new ArrivalTime();
    lag(arrival, "mx", { seconds: 20, behindMs: 3 * HOUR });
    const times = lag(arrival, "mx", { seconds: 20, behindMs: 6 * HOUR, fromMs: NOON + 20 * SECOND });
    expect([times[0], times[19]]).toEqual([-6 * HOUR, 0]);
  });

  test("while a backlog is read nothing can be said of its clock", () => {
    const arrival = new ArrivalTime();
    for (let second = 0; second < 60; second += 1) {
      // Nothing was waited for.
      arrival.arrive(NOON + second * SECOND, NOON + second * SECOND);
      expect(timeOf(arrival, NOON + second * SECOND - 3 * HOUR, "mx")).toBe(NOON + second * SECOND - 3 * HOUR);
    }
    expect(arrival.counters.stampsBehind).toBe(0);
  });

  test("but what was known before is believed on", () => {
    const arrival = new ArrivalTime();
    lag(arrival, "mx", { seconds: 20, behindMs: 3 * HOUR });
    const other = new ArrivalTime();
    other.restore(arrival.state());
    other.arrive(NOON + 5 * HOUR, NOON + MINUTE);
    expect(timeOf(other, NOON + MINUTE - 3 * HOUR, "mx")).toBe(NOON + MINUTE);
  });

  test("under ever new names takes no room", () => {
    const arrival = caughtUp(NOON);
    for (let host = 0; host < 10_000; host += 1) timeOf(arrival, NOON - 3 * HOUR, `mx${host}`);
    expect(arrival.state().slow).toHaveLength(32);
  });
});
