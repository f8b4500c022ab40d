import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closedSchema, schemaFaults } from "../../test/support/json-schema.ts";
import { hasUnprintable } from "./printable-text.ts";
import { decodeStreamProgress, encodeStreamProgress, isProgressLine, type StreamProgress } from "./stream-progress.ts";
import schema from "./stream-progress.schema.json" with { type: "json" };

const [sample] = schema.examples;

const site = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => text.length <= 40 && !hasUnprintable(text));
const anyProgress: fc.Arbitrary<StreamProgress> = fc
  .record({
    site,
    input: fc.stringMatching(/^[A-Za-z0-9._-]{1,249}$/u),
    of: fc.integer({ min: 1, max: 100_000 }),
    partition: fc.nat(),
    time: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    state: fc.constantFrom("known", "silent", "empty", "unknown"),
    readTo: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 }), { nil: undefined }),
  })
  .map(({ time, partition, of, state, ...others }) => ({
    ...others,
    of,
    partition: partition % of,
    at: state === "known" || state === "silent" ? time : undefined,
    state,
  }));

describe("round trip", () => {
  test("what was written is read back, is known by its beginning, and fits the schema", () => {
    fc.assert(
      fc.property(anyProgress, (progress) => {
        const line = encodeStreamProgress(progress);
        expect(line.includes("\n")).toBe(false);
        expect(isProgressLine(line)).toBe(true);
        expect(decodeStreamProgress(line)).toEqual({ ok: true, progress });
        expect(schemaFaults(closedSchema(schema), JSON.parse(line))).toEqual([]);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("the example of the schema is written as it was read", () => {
    const result = decodeStreamProgress(JSON.stringify(sample));
    expect(result.ok && encodeStreamProgress(result.progress)).toBe(JSON.stringify(sample));
  });
});

test.each<[string, string, unknown]>([
  ["unknown-version", "v", 2],
  ["out-of-range", "kind", "event"],
  ["missing-field", "site", undefined],
  ["out-of-range", "site", ""],
  ["control-character", "site", "a\nb"],
  ["missing-field", "input", undefined],
  ["out-of-range", "input", "squall/mail-logs"],
  ["too-long", "input", "a".repeat(250)],
  ["wrong-type", "readTo", "soon"],
  ["out-of-range", "partition", 12],
  ["out-of-range", "partition", -1],
  ["wrong-type", "partition", "2"],
  ["out-of-range", "of", 0],
  ["out-of-range", "of", 100_001],
  // A time that is known is said; one that is not is not.
  ["out-of-range", "at", undefined],
  ["wrong-type", "at", "yesterday"],
  ["out-of-range", "state", "lost"],
])("refuses with %s at %s for %j", (reason, detail, value) => {
  const fields = { ...sample, [detail]: value };
  expect(decodeStreamProgress(JSON.stringify(fields))).toEqual({ ok: false, reason, detail });
});

test.each(["empty", "unknown"])("refuses a time beside the state %s", (state) => {
  const line = JSON.stringify({ ...sample, state });
  expect(decodeStreamProgress(line)).toEqual({ ok: false, reason: "out-of-range", detail: "at" });
});

test.each<[string, boolean]>([
  ['{"v":1,"kind":"progress","site":"a"', true],
  ['{"kind":"progress","v":1}', false],
  ['{"v":1,"site":"progress"}', false],
  ["", false],
])("a line %s is progress: %s", (line, isProgress) => {
  expect(isProgressLine(line)).toBe(isProgress);
});

test("passes over a field of a newer squall", () => {
  const read = decodeStreamProgress(JSON.stringify({ ...sample, rate: 3 }));
  expect(read.ok && encodeStreamProgress(read.progress)).toBe(JSON.stringify(sample));
});
