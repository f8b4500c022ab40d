import { describe, expect, test } from "vitest";
import { partitionFor } from "../../../shared/domain/partition-for.ts";
import { simulate } from "../simulate/simulation.ts";
import { LogRecords } from "./log-records.ts";

const STAMP = "2026-11-26T17:00:00.000000+00:00";
const lines = (...hosts: string[]): string[] =>
  hosts.map((host, index) => `${STAMP} ${host} postfix/qmgr[1]: ${index}`);

function recordsOf(text: string, linesPerRecord: number, stamp: "rfc3339" | "rfc3164" = "rfc3339") {
  const { records, lines: count } = new LogRecords({ topic: "raw", partitions: 6, linesPerRecord, stamp }).of(
    Buffer.from(text, "latin1"),
  );
  return { count, records: records.map(({ key, value }) => [key, value?.toString("latin1").split("\n") ?? []]) };
}

describe("lines into records", () => {
  const [a, b, c, d, e] = lines("mx1", "mx1", "mx1", "out01", "mx1");
  const text = `${[a, b, c, d, e].join("\n")}\n`;

  test.each<[number, [string, (string | undefined)[]][]]>([
    [
      1,
      [
        ["mx1", [a]],
        ["mx1", [b]],
        ["mx1", [c]],
        ["out01", [d]],
        ["mx1", [e]],
      ],
    ],
    [
      2,
      [
        ["mx1", [a, b]],
        ["mx1", [c]],
        ["out01", [d]],
        ["mx1", [e]],
      ],
    ],
    [
      100,
      [
        ["mx1", [a, b, c]],
        ["out01", [d]],
        ["mx1", [e]],
      ],
    ],
  ])("%i a record, never of two hosts", (linesPerRecord, records) => {
    expect(recordsOf(text, linesPerRecord)).toEqual({ count: 5, records });
  });

  test("nothing makes no record", () => {
    expect(recordsOf("", 1)).toEqual({ count: 0, records: [] });
  });

  test("half a line is a fault of whoever cut it", () => {
    expect(() => recordsOf(`${a}\n${STAMP} mx1 postfix`, 1)).toThrow(RangeError);
  });

  test("what belongs to one host goes to one partition of those there are", () => {
    const { records } = new LogRecords({ topic: "raw", partitions: 6, linesPerRecord: 1, stamp: "rfc3339" }).of(
      Buffer.from(text),
    );
    expect(records.map(({ topic, partition }) => [topic, partition])).toEqual(
      ["mx1", "mx1", "mx1", "out01", "mx1"].map((host) => ["raw", partitionFor(host, 6)]),
    );
  });
});

test.each(["rfc3339", "rfc3164"] as const)("%s: hosts of a simulated log are found behind its stamps", (stamp) => {
  const simulation = simulate({
    scenario: "small-company",
    seed: 1,
    scale: 1,
    until: 1800,
    stamp,
    setUp: "downstream",
  });
  const log = Buffer.concat([...simulation.chunks()]).toString("latin1");
  const { count, records } = recordsOf(log, 1, stamp);
  expect(count).toBeGreaterThan(500);
  expect(records.flatMap(([, value]) => value).join("\n")).toBe(log.trimEnd());
  const words = stamp === "rfc3339" ? 1 : 3;
  for (const [key, value] of records) expect(String(value).split(/ +/u)[words]).toBe(key);
  expect(new Set(records.map(([key]) => key)).size).toBeGreaterThan(1);
});
