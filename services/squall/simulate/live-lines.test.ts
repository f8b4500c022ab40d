// A simulation that is asked for its lines piece by piece, as time comes, and shows them at another time than the scenario's.

import { describe, expect, test } from "vitest";
import type { GroundTruth } from "./ground-truth.ts";
import { LogClock } from "./log-clock.ts";
import { simulate, type SimulationOptions } from "./simulation.ts";
import { SET_UP_NAMES } from "./set-up.ts";

const NOW = Date.UTC(2026, 10, 26, 17) * 1000;
const SMALL: SimulationOptions = { scenario: "nhs-2016", seed: 11, scale: 0.0001, until: 3600 };

/** Everything, in steps of so many microseconds of shown time; each piece with the time it was asked for. */
function inSteps(options: SimulationOptions, step: number): { pieces: [number, string][]; truth: GroundTruth } {
  const simulation = simulate(options);
  const pieces: [number, string][] = [];
  for (
    let now = options.times?.startsAt ?? 0;
    simulation.nextAt() < Infinity;
    now = Math.max(now + step, simulation.nextAt())
  )
    for (let lines = simulation.linesUntil(now); lines !== undefined; lines = simulation.linesUntil(now))
      pieces.push([now, lines.toString("latin1")]);
  return { pieces, truth: simulation.truth() };
}

function whole(options: SimulationOptions): string {
  return Buffer.concat([...simulate(options).chunks()]).toString("latin1");
}

const stampOf = (line: string): number => Date.parse(line.slice(0, 23) + "Z") * 1000 + Number(line.slice(23, 26));
const joined = (pieces: readonly [number, string][]): string => pieces.map(([, text]) => text).join("");

describe("a log in pieces", () => {
  test.each<[string, Partial<SimulationOptions>]>([
    ...SET_UP_NAMES.map((setUp): [string, Partial<SimulationOptions>] => [setUp, { setUp }]),
    ["classic stamps", { stamp: "rfc3164" }],
    ["Exchange", { format: "exchange" }],
  ])("%s: is the log in one go", (_name, options) => {
    const times = { startsAt: NOW, speed: 7 };
    const { pieces } = inSteps({ ...SMALL, ...options, times }, 250_000);
    expect(joined(pieces) === whole({ ...SMALL, ...options, times })).toBe(true);
    expect(pieces.length).toBeGreaterThan(500);
  });

  test("has each line when its stamp has come, and not before", () => {
    const { pieces } = inSteps({ ...SMALL, times: { startsAt: NOW, speed: 3 } }, 40_000);
    let before = NOW - 1;
    for (const [now, text] of pieces) {
      const stamps = text.trimEnd().split("\n").map(stampOf);
      expect(Math.max(...stamps)).toBeLessThanOrEqual(now);
      expect(Math.min(...stamps)).toBeGreaterThanOrEqual(before);
      before = Math.max(...stamps);
    }
  });

  test("is cut into chunks when more is due than one holds", () => {
    const simulation = simulate({ ...SMALL, times: { startsAt: NOW, speed: 1 } });
    const sizes: number[] = [];
    for (let lines = simulation.linesUntil(Infinity); lines !== undefined; lines = simulation.linesUntil(Infinity))
      sizes.push(lines.length);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    expect(simulation.nextAt()).toBe(Infinity);
  });
});

describe("shown at another time", () => {
  const asItWas = whole({ ...SMALL, until: 1200 });
  const times = (speed: number): SimulationOptions => ({ ...SMALL, until: 1200, times: { startsAt: NOW, speed } });
  // Ids of queue files, and of messages that servers make, hold the time.
  const withoutIds = (log: string): string =>
    log.replaceAll(/\b[0-9A-Za-z]{12,20}\b|\b\d{14}\.\w+@|status=sent \(.*/g, "ID");

  test("at the same speed the lines are those of the scenario with other stamps", () => {
    const shift = NOW - Date.UTC(2016, 10, 14, 8) * 1000;
    const expected = asItWas.trimEnd().split("\n");
    const lines = whole(times(1)).trimEnd().split("\n");
    expect(lines.map(stampOf)).toEqual(expected.map((line) => stampOf(line) + shift));
    expect(lines.map((line) => withoutIds(line.slice(32)))).toEqual(expected.map((line) => withoutIds(line.slice(32))));
    expect(expected.length).toBeGreaterThan(2000);
  });

  test("ten times as fast its stamps are ten times as close", () => {
    const stamps = whole(times(10)).trimEnd().split("\n").map(stampOf);
    const from = Date.UTC(2016, 10, 14, 8) * 1000;
    expect(stamps).toEqual(
      asItWas
        .trimEnd()
        .split("\n")
        .map((line) => NOW + Math.floor((stampOf(line) - from) / 10)),
    );
    expect((stamps.at(-1) ?? 0) - NOW).toBeLessThan(120_000_000);
  });

  test("long queue ids say the time that is shown", () => {
    const ids = new Set(whole(times(1)).match(/\b4[0-9A-Za-z]{9}z[0-9A-Za-z]+\b/g));
    expect(ids.size).toBeGreaterThan(100);
  });
});

describe("the truth", () => {
  const options: SimulationOptions = { ...SMALL, scale: 0.001, until: 3 * 3600, times: { startsAt: NOW, speed: 60 } };

  test("tells times as they are shown", () => {
    const { truth } = inSteps(options, 1_000_000);
    const asItWas = simulate({ ...options, times: { startsAt: Date.UTC(2016, 10, 14, 8) * 1000, speed: 1 } });
    expect([...asItWas.chunks()].length).toBeGreaterThan(1);
    const before = asItWas.truth();
    expect(truth).toMatchObject({
      startedAt: "2026-11-26T17:00:00.000Z",
      endedAt: "2026-11-26T17:03:00.000Z",
      speed: 60,
    });
    expect(truth.lines).toBe(before.lines);
    const [storm] = truth.storms;
    const [stormBefore] = before.storms;
    expect(storm?.replyAllTimes).toHaveLength(stormBefore?.replyAlls ?? 0);
    // 29 minutes, sixty times as fast.
    expect(storm?.firstAt.slice(0, 19)).toBe("2026-11-26T17:00:29");
    expect(storm?.threadMessageIds).toEqual(stormBefore?.threadMessageIds);
  });

  test("of a log that was cut short knows nothing of what was still to come", () => {
    const simulation = simulate(options);
    const seconds = (count: number): number => NOW + count * 1_000_000;
    while (simulation.linesUntil(seconds(20)) !== undefined);
    expect(simulation.truth(seconds(20))).toMatchObject({ storms: [], endedAt: "2026-11-26T17:00:20.000Z" });
    while (simulation.linesUntil(seconds(45)) !== undefined);
    const { storms } = simulation.truth(seconds(45));
    expect(storms).toHaveLength(1);
    expect(storms[0]?.replyAlls).toBeGreaterThan(3);
    expect((storms[0]?.lastAt ?? "") <= "2026-11-26T17:00:45.000Z").toBe(true);
  });
});

test("a new file of Exchange begins with its head, one of Postfix with nothing", () => {
  const times = { startsAt: NOW, speed: 1 };
  const { format: _format, ...exchange } = { ...SMALL, format: "exchange" as const };
  expect(simulate({ ...exchange, format: "exchange", times }).head(NOW)).toMatch(
    /^#Software: .*\n#Version: .*\n#Log-type: .*\n#Date: 2026-11-26T17:00:00\.000Z\n#Fields: date-time,.*\n$/,
  );
  expect(simulate({ ...SMALL, times }).head(NOW)).toBe("");
});

test("a speed that is none is refused", () => {
  for (const speed of [0, -1, Number.NaN])
    expect(() => simulate({ ...SMALL, times: { startsAt: NOW, speed } })).toThrow(RangeError);
});

test("the first time that is shown as later than another is the very first", () => {
  for (const speed of [0.01, 0.3, 1, 3, 7.7, 1000]) {
    const clock = new LogClock(1_479_110_400_000_000, { startsAt: NOW, speed });
    for (const shown of [NOW, NOW + 1, NOW + 12_345, NOW + 7_199_999_999]) {
      const first = clock.firstAfter(shown);
      expect(clock.shown(first)).toBeGreaterThan(shown);
      expect(clock.shown(first - 1)).toBeLessThanOrEqual(shown);
    }
  }
});
