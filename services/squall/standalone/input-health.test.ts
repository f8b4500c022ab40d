import { describe, expect, test } from "vitest";
import { InputHealth } from "./input-health.ts";

const NOW = Date.UTC(2026, 10, 26, 12);

describe("an input that gives nothing", () => {
  test("is said once when a thousand lines were not understood, and again when one is", () => {
    const said: string[] = [];
    const health = new InputHealth((line) => void said.push(line));
    health.look({ name: "a.log", lines: 999, used: 0, other: 0 });
    expect(health.isWell(NOW)).toBe(true);
    for (const lines of [1_000, 5_000]) health.look({ name: "a.log", lines, used: 0, other: 0 });
    health.look({ name: "b.log", lines: 3_000, used: 0, other: 3_000 });
    expect(health.isWell(NOW)).toBe(false);
    for (const name of ["a.log", "b.log"]) health.look({ name, lines: 9_000, used: 1, other: 0 });
    expect(health.isWell(NOW)).toBe(true);
    expect(said).toEqual([
      "a.log: 1000 lines were read, and none of them is understood: is it a mail log, and its format the right one? squall doctor says more",
      "b.log: 3000 lines were read, and none of them is of mail: is it a mail log, and its format the right one? squall doctor says more",
      "a.log: is understood now",
      "b.log: is understood now",
    ]);
  });

  test("is not well when it was never read, or is gone for longer than a rotation takes", () => {
    const health = new InputHealth(() => undefined);
    health.note("a.log", true, NOW);
    expect(health.isWell(NOW)).toBe(false);
    health.note("a.log", false, NOW + 1);
    health.look({ name: "a.log", lines: 1, used: 1, other: 0 });
    health.note("a.log", true, NOW + 2);
    health.note("a.log", true, NOW + 30_000);
    expect([NOW + 3, NOW + 60_002, NOW + 60_003].map((nowMs) => health.isWell(nowMs))).toEqual([true, true, false]);
    health.note("a.log", false, NOW + 70_000);
    expect(health.isWell(NOW + 70_000)).toBe(true);
  });
});
