import { describe, expect, test } from "vitest";
import { createRandom, itemAt } from "./random.ts";

const RANDOM = createRandom(1, "means");

function draw(seed: number, stream: string, count = 1000): number[] {
  const random = createRandom(seed, stream);
  return Array.from({ length: count }, () => random.next());
}

describe("createRandom", () => {
  test("one seed and stream give one sequence, others give others", () => {
    expect(draw(7, "a")).toEqual(draw(7, "a"));
    expect(draw(7, "a")).not.toEqual(draw(8, "a"));
    expect(draw(7, "a")).not.toEqual(draw(7, "b"));
    expect(draw(2 ** 40, "a")).not.toEqual(draw(2 ** 41, "a"));
  });

  test("numbers are spread evenly over [0, 1)", () => {
    const bins = Array.from({ length: 10 }, () => 0);
    for (const value of draw(1, "even", 100_000))
      bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1;
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test.each([
    ["exponential", (mean: number) => RANDOM.exponential(mean), 5, 5],
    ["small poisson", (mean: number) => RANDOM.poisson(mean), 4, 4],
    ["large poisson", (mean: number) => RANDOM.poisson(mean), 300, 300],
  ] as const)("%s has its mean", (_name, next, argument, mean) => {
    let sum = 0;
    for (let i = 0; i < 20_000; i += 1) sum += next(argument);
    expect(Math.abs(sum / 20_000 - mean) / mean).toBeLessThan(0.03);
  });

  test("log-normal has its median", () => {
    const random = createRandom(4, "x");
    const values = Array.from({ length: 20_001 }, () => random.logNormal(600, 1.2)).sort((a, b) => a - b);
    expect(Math.abs(itemAt(values, 10_000) - 600)).toBeLessThan(30);
  });

  test("an empty array has nothing to pick", () => {
    expect(() => createRandom(1, "x").pick([])).toThrow(RangeError);
  });
});
