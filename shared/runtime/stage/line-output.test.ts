import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NewRecord } from "../topic-log.ts";
import { LineOutput } from "./line-output.ts";

function drained(output: LineOutput): NewRecord[] {
  const records: NewRecord[] = [];
  output.drain((record) => void records.push(record));
  return records;
}

function linesOf(records: readonly NewRecord[], of: number): string[] {
  const text = records.filter(({ partition }) => partition === of).map(({ value }) => value?.toString() ?? "");
  return text.join("").split("\n").slice(0, -1);
}

describe("lines of each partition", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 30 }).filter((text) => !text.includes("\n"));
  const anyLine = fc.oneof({ weight: 9, arbitrary: line }, { weight: 1, arbitrary: fc.constant("x".repeat(40_000)) });
  const lines = fc.array(fc.tuple(fc.nat({ max: 2 }), anyLine), { maxLength: 60 });

  test("come in order, each once, whole, in records of one partition", () => {
    fc.assert(
      fc.property(lines, fc.nat({ max: 60 }), (all, cut) => {
        const output = new LineOutput("t", 3);
        const records: NewRecord[] = [];
        for (const [index, [partition, text]] of all.entries()) {
          output.add(partition, text);
          if (index === cut) records.push(...drained(output));
        }
        records.push(...drained(output));
        for (const of of [0, 1, 2]) {
          expect(linesOf(records, of)).toEqual(all.filter(([partition]) => partition === of).map(([, text]) => text));
        }
        expect(output.lines).toBe(all.length);
        expect(
          records.every(({ topic, key, value }) => topic === "t" && key === undefined && value !== undefined),
        ).toBe(true);
        expect(drained(output)).toEqual([]);
      }),
      { seed: 8, numRuns: 200 },
    );
  });
});

test("a record takes lines until it has 64 KiB", () => {
  const output = new LineOutput("t", 1);
  for (let n = 0; n < 1_000; n += 1) output.add(0, "x".repeat(999));
  const sizes = drained(output).map(({ value }) => value?.length);
  // 66 lines of 1,000 bytes with their newline are the first to reach 65,536.
  expect(sizes).toEqual([...Array.from({ length: 15 }, () => 66_000), 10_000]);
});

test("a line that is longer is a record of its own", () => {
  const output = new LineOutput("t", 1);
  for (const text of ["a", "b".repeat(200_000), "c"]) output.add(0, text);
  expect(drained(output).map(({ value }) => value?.length)).toEqual([200_003, 2]);
});

test.each([3, -1, 0.5])("there is no partition %d", (partition) => {
  expect(() => {
    new LineOutput("t", 3).add(partition, "a");
  }).toThrow(`t has no partition ${partition}`);
});
