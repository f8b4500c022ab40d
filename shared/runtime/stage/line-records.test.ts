import { describe, expect, test } from "vitest";
import type { LogBatch, NewRecord } from "../topic-log.ts";
import { DeadLetterOutput, eachLine } from "./line-records.ts";

function batchOf(...values: readonly (string | undefined)[]): LogBatch {
  const records = values.map((value, index) => ({
    offset: 10 + index,
    key: undefined,
    value: value === undefined ? undefined : Buffer.from(value),
    timestampMs: 1_000 + index,
  }));
  return { topic: "t", partition: 0, records, nextOffset: 10 + values.length, endOffset: 100 };
}

test.each<[string, (string | undefined)[], [string, number][]]>([
  [
    "one a record",
    ["a", "b"],
    [
      ["a", 10],
      ["b", 11],
    ],
  ],
  [
    "several, with and without an end",
    ["a\nb\n", "c\nd"],
    [
      ["a", 10],
      ["b", 10],
      ["c", 11],
      ["d", 11],
    ],
  ],
  [
    "none in a tombstone, in nothing and in newlines",
    [undefined, "", "\n\n", "a\n\nb"],
    [
      ["a", 13],
      ["b", 13],
    ],
  ],
  [
    "in letters of several bytes",
    ["gr\u00fc\u00df\n\ud83d\ude00"],
    [
      ["gr\u00fc\u00df", 10],
      ["\ud83d\ude00", 10],
    ],
  ],
])("lines %s, with the offset of their record", (_what, values, expected) => {
  const lines: [string, number][] = [];
  eachLine(batchOf(...values), ({ text, offset, timestampMs }) => {
    expect(timestampMs).toBe(990 + offset);
    lines.push([text, offset]);
  });
  expect(lines).toEqual(expected);
});

describe("dead letters", () => {
  const input = { topic: "in", partition: 3 };

  function drained(output: DeadLetterOutput): NewRecord[] {
    const records: NewRecord[] = [];
    output.drain((record) => void records.push(record));
    return records;
  }

  test("go to the partition of their input's number, with topic, partition, offset, reason and version", () => {
    const output = new DeadLetterOutput("dead", input, "1.2.3");
    const value = Buffer.from("rubbish");
    output.add({ offset: 42, reason: "not-json", value });
    // Lines are slices of a buffer that is used again.
    value.fill("x");
    expect(drained(output)).toEqual([
      {
        topic: "dead",
        partition: 3,
        key: undefined,
        value: Buffer.from("rubbish"),
        headers: { topic: "in", partition: "3", offset: "42", reason: "not-json", version: "1.2.3" },
      },
    ]);
    expect(drained(output)).toEqual([]);
  });

  test("are counted by reason, also when they were written", () => {
    const output = new DeadLetterOutput("dead", input, "1.2.3");
    for (const reason of ["a", "b", "a"]) output.add({ offset: 1, reason, value: Buffer.from("x") });
    expect(drained(output)).toHaveLength(2);
    output.add({ offset: 1, reason: "a", value: Buffer.from("x") });
    expect(Object.fromEntries(output.counts)).toEqual({ a: 3, b: 1 });
  });

  test("are cut to what a broker takes, and say how long they were", () => {
    const output = new DeadLetterOutput("dead", input, "1.2.3");
    output.add({ offset: 1, reason: "line-too-long", value: Buffer.alloc(2_000_000, "x") });
    const [letter] = drained(output);
    expect([letter?.value?.length, letter?.headers?.["bytes"]]).toEqual([900_000, "2000000"]);
  });

  test("of one record and for one reason are one, as large as a broker takes", () => {
    const output = new DeadLetterOutput("dead", input, "1.2.3");
    const add = (offset: number, reason: string, text: string): void => {
      output.add({ offset, reason, value: Buffer.from(text) });
    };
    for (const line of ["one", "two", "three"]) add(7, "not-json", line);
    add(7, "too-long", "four");
    add(7, "not-json", "five");
    add(8, "not-json", "six");
    const told = drained(output).map(({ value, headers }) => [
      headers?.["offset"],
      headers?.["reason"],
      value?.toString(),
    ]);
    expect(told).toEqual([
      ["7", "not-json", "one\ntwo\nthree\nfive"],
      ["7", "too-long", "four"],
      ["8", "not-json", "six"],
    ]);
    // Nothing is cut, and nothing lost.
    for (let line = 0; line < 2_000_000; line += 1)
      output.add({ offset: 9, reason: "not-json", value: Buffer.of(120) });
    const letters = drained(output);
    expect(letters).toHaveLength(5);
    expect(letters.map(({ value = Buffer.of() }) => value.toString().split("\n").length).reduce((a, b) => a + b)).toBe(
      2_000_000,
    );
  });
});
