import { describe, expect, test } from "vitest";
import { EntryJoiner, EntryWriter } from "./entry-writer.ts";
import { StateEntryError } from "./state-entry-error.ts";

/** Writes values one after the other under one key; what a state log holds then, and the keys told. */
function written(values: readonly (string | undefined)[]): { log: Map<string, Buffer>; told: string[] } {
  const log = new Map<string, Buffer>();
  const told: string[] = [];
  const writer = new EntryWriter();
  writer.begin((key, value) => {
    told.push(key);
    if (value === undefined) log.delete(key);
    else log.set(key, value);
  });
  for (const value of values) {
    if (value === undefined) writer.forget("k");
    else writer.write("k", Buffer.from(value));
  }
  return { log, told };
}

function joined(log: ReadonlyMap<string, Buffer>): Map<string, string> {
  const joiner = new EntryJoiner();
  const found = new Map<string, string>();
  for (const [key, value] of [...log].toReversed()) {
    const whole = joiner.take(key, value);
    if (whole !== undefined) found.set(key, whole.toString());
  }
  joiner.joined((key, value) => found.set(key, value.toString()));
  return found;
}

const long = "0123456789".repeat(20_000);

describe("a value", () => {
  test.each([
    { name: "that is small takes one entry", values: ["small"], last: "small", entries: 1 },
    { name: "of 64 KiB takes one", values: ["x".repeat(65_536)], last: "x".repeat(65_536), entries: 1 },
    { name: "of one byte more takes two", values: ["x".repeat(65_537)], last: "x".repeat(65_537), entries: 2 },
    { name: "of 200,000 bytes takes four", values: [long], last: long, entries: 4 },
    { name: "that was larger leaves nothing", values: [long, "small"], last: "small", entries: 1 },
    { name: "that grows", values: ["small", long.slice(0, 70_000), long], last: long, entries: 4 },
    { name: "that is forgotten is gone with its parts", values: [long, undefined], last: undefined, entries: 0 },
  ])("$name", ({ values, last, entries }) => {
    const { log } = written(values);
    expect(log.size).toBe(entries);
    for (const value of log.values()) expect(value.length).toBeLessThanOrEqual(65_536);
    expect(joined(log).get("k")).toBe(last);
  });

  test("that is told again as large as it was tells each part once", () => {
    expect(written([long, long]).told).toEqual(["k", "k~1", "k~2", "k~3", "k", "k~1", "k~2", "k~3"]);
  });

  test("of which a part is missing is refused", () => {
    const { log } = written([long]);
    log.delete("k~2");
    expect(() => joined(log)).toThrow(new StateEntryError("missing-entry", "k", "part 2 of 4"));
  });

  test("of which only a part is there is refused", () => {
    const { log } = written([long]);
    log.delete("k");
    expect(() => joined(log)).toThrow("missing-entry");
  });
});
