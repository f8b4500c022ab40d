import { describe, expect, test } from "vitest";
import { simulate } from "../simulate/simulation.ts";
import { playLive } from "./simulate-live.ts";

const START_MS = Date.UTC(2026, 10, 26, 17);

/** A clock that stands still but while somebody waits. */
function world(): {
  nowMs: () => number;
  wait: (ms: number) => Promise<void>;
  set: (ms: number) => void;
  waits: number[];
} {
  let now = START_MS;
  const waits: number[] = [];
  return {
    nowMs: () => now,
    wait: (ms) => {
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    },
    set: (ms) => {
      now = ms;
    },
    waits,
  };
}

const company = (speed: number): ReturnType<typeof simulate> =>
  simulate({ scenario: "small-company", seed: 1, scale: 1, until: 1800, times: { startsAt: START_MS * 1000, speed } });
const stampMs = (line: string): number => Date.parse(`${line.slice(0, 23)}Z`);

describe("playing live", () => {
  test("every line is written when its stamp comes", async () => {
    const { nowMs, wait, waits } = world();
    const written: [number, string][] = [];
    const output = {
      write: (lines: Buffer) => {
        for (const line of lines.toString().split("\n").slice(0, -1)) written.push([nowMs(), line]);
        return Promise.resolve(true);
      },
    };
    const simulation = company(2);
    await expect(playLive(simulation, output, { nowMs, wait, signal: new AbortController().signal })).resolves.toBe(
      true,
    );
    const late = written.map(([at, line]) => at - stampMs(line));
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThan(7);
    expect(written.map(([, line]) => line).join("\n")).toBe(
      Buffer.concat([...company(2).chunks()])
        .toString()
        .trimEnd(),
    );
    expect(nowMs() - START_MS).toBeLessThanOrEqual(900_000);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
  });

  test("a file is there before the first line", async () => {
    const sizes: number[] = [];
    const stop = new AbortController();
    const output = {
      write: (lines: Buffer) => {
        sizes.push(lines.length);
        stop.abort();
        return Promise.resolve(true);
      },
    };
    await expect(playLive(company(1), output, { ...world(), signal: stop.signal })).resolves.toBe(false);
    expect(sizes).toEqual([0]);
  });

  test("a machine that slept writes what it missed; a clock set back is waited for", async () => {
    const { nowMs, wait, set } = world();
    const simulation = company(1);
    let bytes = 0;
    let turns = 0;
    const stop = new AbortController();
    const output = {
      write: (lines: Buffer) => {
        bytes += lines.length;
        return Promise.resolve(true);
      },
    };
    let afterSleep = 0;
    let afterStep = 0;
    const deps = {
      nowMs,
      signal: stop.signal,
      wait: (ms: number) => {
        turns += 1;
        if (turns === 1) set(START_MS + 600_000);
        else if (turns === 2) {
          afterSleep = bytes;
          set(START_MS + 300_000);
        } else if (turns === 5) {
          afterStep = bytes;
          stop.abort();
        }
        return turns === 1 ? Promise.resolve() : wait(ms);
      },
    };
    await expect(playLive(simulation, output, deps)).resolves.toBe(false);
    expect(afterSleep).toBeGreaterThan(10_000);
    expect(afterStep).toBe(afterSleep);
    expect(turns).toBe(5);
  });

  test("ends when there is nobody left to write for", async () => {
    const output = { write: () => Promise.resolve(false) };
    await expect(playLive(company(1), output, { ...world(), signal: new AbortController().signal })).resolves.toBe(
      false,
    );
  });
});
