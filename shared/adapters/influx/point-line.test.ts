import { assert, constantFrom, oneof, pre, property, string } from "fast-check";
import { describe, expect, test } from "vitest";

import { readLines } from "../../../test/support/line-protocol.ts";
import { pointLine } from "./point-line.ts";

const TIME = 1_479_112_140_000;
const SEED = 20_161_114;

function line(tag: string, text = "text"): string {
  return pointLine({
    measurement: "squall_lists",
    tags: [
      ["site", "nhs"],
      ["list", tag],
      ["z", "1"],
    ],
    fields: [
      { name: "messages", type: "integer", value: 3 },
      { name: "score", type: "float", value: 2.5 },
      { name: "final", type: "boolean", value: true },
      { name: "text", type: "string", value: text },
    ],
    timeMs: TIME,
  }).line;
}

describe("a tag", () => {
  test.each([
    ["plain", "all@example.org", "all@example.org"],
    ["with what is escaped", "a,b=c d", "a,b=c d"],
    ["that ends in a backslash", "all\\", "all/~6fc1dbd906"],
    ["with a backslash before a comma", "a\\,b=1", "a/,b=1~926e9ba5d9"],
    ["with a quote", 'a"b', "a'b~4929d03706"],
    ["that is empty", "", "~e3b0c44298"],
    ["with a line break", "a\nsquall_lists,list=b messages=1i", "a squall_lists,list=b messages=1i~c8b7234281"],
    ["with a hash", "#all", "#all"],
    ["with half a character", "a\uD800", "a\uFFFD~2eb7307d8e"],
  ])("%s", (_name, tag, expected) => {
    const [point, ...more] = readLines(line(tag));
    expect(more).toEqual([]);
    expect(Object.fromEntries(point?.tags ?? [])).toEqual({ site: "nhs", list: expected, z: "1" });
  });

  test("too long a tag is cut, and two that are cut alike stay two", () => {
    const [one] = readLines(line(`${"a".repeat(400)}1`));
    const [other] = readLines(line(`${"a".repeat(400)}2`));
    expect(one?.tags.get("list")).toHaveLength(320);
    expect(one?.tags.get("list")).not.toBe(other?.tags.get("list"));
  });
});

test("types are those of the protocol, names are sorted, the time is in ms", () => {
  expect(line("all@example.org")).toBe(
    `squall_lists,list=all@example.org,site=nhs,z=1 final=T,messages=3i,score=2.5,text="text" ${TIME}`,
  );
});

test("points of the same measurement, tags and time have one identity; others have another", () => {
  const identity = (site: string, value: number, timeMs: number): string =>
    pointLine({
      measurement: "squall_traffic",
      tags: [["site", site]],
      fields: [{ name: "messages", type: "integer", value }],
      timeMs,
    }).identity;
  expect(identity("a b", 1, TIME)).toBe(identity("a b", 2, TIME));
  expect(identity("a b", 1, TIME)).not.toBe(identity("a c", 1, TIME));
  expect(identity("a b", 1, TIME)).not.toBe(identity("a b", 1, TIME + 1));
});

describe("what no core may ask for is thrown", () => {
  const good = {
    measurement: "squall_lag",
    tags: [],
    fields: [{ name: "lag", type: "integer", value: 1 } as const],
    timeMs: TIME,
  };
  test.each([
    ["a measurement that begins a comment", "not a name", { measurement: "#squall" }],
    ["a tag that is none of ours", "not a name", { tags: [["a=b", "c"] as const] }],
    ["a field that is none of ours", "not a name", { fields: [{ name: "_x", type: "integer", value: 1 } as const] }],
    ["no field", "without a field", { fields: [] }],
    ["no number", "lag is NaN", { fields: [{ name: "lag", type: "float", value: Number.NaN } as const] }],
    ["no time", "not a time", { timeMs: 1.5 }],
  ])("%s", (_name, message, change) => {
    expect(() => pointLine({ ...good, ...change })).toThrow(message);
  });
});

const NASTY_UNITS = ['"', "\\", ",", "=", " ", "#", "\n", "\r", "\t", "\0", "\u2028", "\uD800", "a", "1"];
const nasty = oneof(
  string({ unit: "binary", maxLength: 60 }),
  string({ unit: constantFrom(...NASTY_UNITS), maxLength: 40 }),
  constantFrom("", "\\", "a\\", "\\\\", ' messages=9i\nx,a=b c=1i 1"', "#", "a\\\n"),
);

test("whatever the texts hold: one point, these tags, these fields, nothing else", () => {
  assert(
    property(nasty, nasty, nasty, (site, list, text) => {
      const written = pointLine({
        measurement: "squall_threads",
        tags: [
          ["site", site],
          ["list", list],
        ],
        fields: [
          { name: "messages", type: "integer", value: 3 },
          { name: "text", type: "string", value: text },
        ],
        timeMs: TIME,
      });
      // Twice, so that what leaks out of one line meets the next.
      const points = readLines(`${written.line}\n${written.line}`);
      expect(points).toHaveLength(2);
      for (const point of points) {
        expect(point.measurement).toBe("squall_threads");
        expect([...point.tags.keys()]).toEqual(["list", "site"]);
        expect([...point.fields.keys()]).toEqual(["messages", "text"]);
        expect(point.fields.get("messages")).toEqual({ type: "integer", value: "3" });
        expect(point.fields.get("text")?.type).toBe("string");
        expect(point.time).toBe(`${TIME}`);
        // No reader, however it takes backslashes and quotes, sees another end of a tag.
        expect(point.tags.get("list")).not.toMatch(/[\\"]/u);
      }
      expect(written.line).not.toMatch(/[\n\r\0]/u);
    }),
    { seed: SEED, numRuns: 3_000 },
  );
});

test("two texts never become one tag", () => {
  assert(
    property(nasty, nasty, (one, other) => {
      pre(one !== other);
      const [first] = readLines(line(one));
      const [second] = readLines(line(other));
      expect(first?.tags.get("list")).not.toBe(second?.tags.get("list"));
    }),
    { seed: SEED, numRuns: 3_000 },
  );
});
