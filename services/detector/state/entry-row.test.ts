// What was written is read again, whatever it is; what was not written so is refused, by name.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RowReader, RowWriter } from "./entry-row.ts";
import { StateEntryError } from "./state-entry-error.ts";

const SEED = 20_161_114;
const KEY = "detector/corp/thread/7";

const instant = fc.oneof(
  fc.integer({ min: 1_400_000_000_000, max: 1_900_000_000_000 }),
  fc.constantFrom(0, -1, 1_479_112_140_000.25, 1 / 3, Number.POSITIVE_INFINITY),
);
const word = fc.oneof(fc.constantFrom("", "a", "anna@corp.example", "0", "1"), fc.string());
const fields = fc.record({
  flag: fc.boolean(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  times: fc.array(instant),
  texts: fc.array(word),
  perhaps: fc.array(fc.option(word, { nil: undefined })),
});

function rowOf(...fieldsOfRow: unknown[]): RowReader {
  return new RowReader(KEY, Buffer.from(JSON.stringify([2, ...fieldsOfRow])));
}

test("what was written is read again", () => {
  fc.assert(
    fc.property(fields, ({ flag, number, times, texts, perhaps }) => {
      const row = new RowWriter();
      row.textList(texts);
      row.list(times, (time) => row.time(time));
      row.flag(flag);
      row.number(number);
      row.list(perhaps, (text) => row.textOrNone(text));
      const again = new RowReader(KEY, row.value());
      expect(again.textList("texts")).toEqual(texts);
      expect(again.list("times", () => again.time("time", Number.POSITIVE_INFINITY))).toEqual(times);
      expect(again.flag("flag")).toBe(flag);
      // JSON knows no negative zero.
      expect(again.number("number")).toBe(number + 0);
      expect(again.list("perhaps", () => again.textOrNone("text"))).toEqual(perhaps);
      again.end();
    }),
    { seed: SEED },
  );
});

test("a text stands there once, and a time after the first as its distance", () => {
  const row = new RowWriter();
  row.text("anna@corp.example");
  row.time(1_479_112_140_000);
  row.text("b");
  row.text("anna@corp.example");
  row.time(1_479_112_200_000);
  expect(row.value().toString()).toBe('[2,"anna@corp.example",1479112140000,"b",0,60000]');
});

describe("is refused", () => {
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["a text for a number", () => rowOf("x").number("reach"), /reach is no number/],
    ["2 for a flag", () => rowOf(2).flag("sealed"), /sealed is no flag/],
    ["a text that was not there yet", () => rowOf(0).text("person"), /person is no text/],
    ["a word that is not known", () => rowOf("mild").word("severity", ["storm"]), /severity is not known/],
    ["nothing for a time that is finite", () => rowOf(null).time("at"), /at is no time/],
    ["a text for a time", () => rowOf("soon").time("at", 0), /at is no time/],
    ["more items than there can be", () => rowOf(4, 1).list("posts", () => 0), /posts is no number of items/],
    ["less than no items", () => rowOf(-1).count("posts"), /posts is no number of items/],
    ["an end that comes too soon", () => rowOf().number("reach"), /reach is no number/],
    ["more than was asked for", () => rowOf(1).end(), /has 2 fields, read 1/],
    ["an object", () => new RowReader(KEY, Buffer.from("{}")), /is no row/],
    ["what is cut short", () => new RowReader(KEY, Buffer.from("[2,2")), /not JSON/],
  ];

  test.each(cases)("%s", (_name, read, said) => {
    expect(read).toThrow(StateEntryError);
    expect(read).toThrow(said);
  });

  test.each(["[1]", "[3]", '{"v":1,"at":1}'])("another version, by that reason: %s", (value) => {
    expect(() => new RowReader(KEY, Buffer.from(value))).toThrow(
      expect.objectContaining({ reason: "unknown-version", key: KEY }),
    );
  });
});
