import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closedSchema, schemaFaults } from "../../test/support/json-schema.ts";
import { hasUnprintable } from "./printable-text.ts";
import { decodeThreadWindow, encodeThreadWindow } from "./thread-window-codec.ts";
import type { ThreadWindow } from "./thread-window.ts";
import schema from "./thread-window.schema.json" with { type: "json" };

const [sample] = schema.examples;

const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => text.length <= 40 && !hasUnprintable(text));
const count = fc.integer({ min: 0, max: 1_000_000_000_000 });
const anyWindow: fc.Arbitrary<ThreadWindow> = fc
  .record(
    {
      v: fc.constant(1 as const),
      site: word,
      scope: fc.constantFrom("thread", "list", "site"),
      key: word,
      list: word,
      windowStart: fc.integer({ min: 0, max: 60_000_000 }).map((minute) => minute * 60_000),
      final: fc.boolean(),
      replyAlls: count,
      distinctRepliers: count,
      automatic: count,
      messages: count,
      recipients: count,
      deliveries: count,
      audience: count,
      score: fc.double({ min: 0, max: 100, noNaN: true }),
    },
    {
      requiredKeys: [
        ...(["v", "site", "scope", "key", "windowStart", "final", "replyAlls", "distinctRepliers"] as const),
        ...(["automatic", "messages", "recipients", "deliveries", "audience", "score"] as const),
      ],
    },
  )
  .map((window) => ({ ...window, windowEnd: window.windowStart + 60_000 }));

describe("round trip", () => {
  test("what was written is read back, and fits the schema", () => {
    fc.assert(
      fc.property(anyWindow, (window) => {
        const line = encodeThreadWindow(window);
        expect(decodeThreadWindow(line)).toEqual({ ok: true, window });
        expect(schemaFaults(closedSchema(schema), JSON.parse(line))).toEqual([]);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("the example of the schema is written as it was read", () => {
    const result = decodeThreadWindow(JSON.stringify(sample));
    expect(result.ok && encodeThreadWindow(result.window)).toBe(JSON.stringify(sample));
  });
});

test.each<[string, string, unknown]>([
  ["unknown-version", "v", 2],
  ["missing-field", "site", undefined],
  ["missing-field", "final", undefined],
  ["missing-field", "score", undefined],
  ["out-of-range", "scope", "host"],
  ["out-of-range", "key", ""],
  ["control-character", "key", "a\nb"],
  ["wrong-type", "final", "yes"],
  ["wrong-type", "replyAlls", 1.5],
  ["out-of-range", "replyAlls", -1],
  ["out-of-range", "score", -0.1],
  ["wrong-type", "score", "7"],
  ["wrong-type", "windowStart", "2016-11-14 08:29"],
  ["out-of-range", "windowStart", "2016-11-14T08:29:30.000Z"],
  ["out-of-range", "windowEnd", "2016-11-14T08:31:00.000Z"],
])("refuses with %s at %s for %j", (reason, detail, value) => {
  const fields = { ...sample, [detail]: value };
  expect(decodeThreadWindow(JSON.stringify(fields))).toEqual({ ok: false, reason, detail });
});

test("passes over a field of a newer squall", () => {
  const read = decodeThreadWindow(JSON.stringify({ ...sample, rate: 3 }));
  expect(read.ok && encodeThreadWindow(read.window)).toBe(JSON.stringify(sample));
});
