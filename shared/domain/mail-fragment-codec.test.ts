import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closedSchema, schemaFaults } from "../../test/support/json-schema.ts";
import { decodeMailFragment, encodeMailFragment } from "./mail-fragment-codec.ts";
import type { Headers, MailFragment } from "./mail-fragment.ts";
import { HEADER_NAMES } from "./mail-fragment.ts";
import { hasUnprintable } from "./printable-text.ts";
import schema from "./mail-fragment.schema.json" with { type: "json" };

const [sample] = schema.examples;

const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => text.length <= 40 && !hasUnprintable(text));
const maybeEmpty = fc.oneof(fc.constant(""), word);
const count = fc.integer({ min: 0, max: 1_000_000 });
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const minutes = fc
  .uniqueArray(fc.integer({ min: 0, max: 60_000_000 }), { maxLength: 5 })
  .map((starts) =>
    starts
      .toSorted((a, b) => a - b)
      .map((start) => ({ start: start * 60_000, delivered: start % 7, deferred: 0, bounced: start % 3 })),
  );
const headers: fc.Arbitrary<Headers> = fc.dictionary(
  fc.constantFrom(...HEADER_NAMES),
  fc.string({ unit: "binary", maxLength: 200 }),
);
const anyFragment: fc.Arbitrary<MailFragment> = fc.record({
  site: word,
  host: word,
  queueId: word,
  firstAt: time,
  lastAt: time,
  acceptedAt: fc.option(time, { nil: undefined }),
  client: fc.option(word, { nil: undefined }),
  login: fc.option(word, { nil: undefined }),
  sender: fc.option(maybeEmpty, { nil: undefined }),
  nrcpt: fc.option(count, { nil: undefined }),
  messageId: fc.option(maybeEmpty, { nil: undefined }),
  headers: fc.option(headers, { nil: undefined }),
  origTo: fc.option(fc.array(fc.record({ address: word, seen: fc.integer({ min: 1, max: 99 }) }), { maxLength: 8 }), {
    nil: undefined,
  }),
  handedOn: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
  expandedTo: fc.option(fc.array(word, { maxLength: 8 }), { nil: undefined }),
  expansions: fc.option(
    fc.array(
      fc.record({ address: word.map((text) => text.toLowerCase()), members: fc.integer({ min: 1, max: 3000 }) }),
      { maxLength: 9 },
    ),
    { nil: undefined },
  ),
  duplicateTo: fc.option(fc.array(word, { maxLength: 9 }), { nil: undefined }),
  headerTo: fc.option(word, { nil: undefined }),
  minutes: fc.option(minutes, { nil: undefined }),
  held: fc.option(fc.boolean(), { nil: undefined }),
  releasedAt: fc.option(time, { nil: undefined }),
  removedAt: fc.option(time, { nil: undefined }),
});

describe("round trip", () => {
  test("what was written is read back, and fits the schema", () => {
    fc.assert(
      fc.property(anyFragment, (fragment) => {
        const line = encodeMailFragment(fragment);
        expect(line).not.toContain("\n");
        expect(decodeMailFragment(line)).toEqual({ ok: true, fragment });
        expect(schemaFaults(closedSchema(schema), JSON.parse(line))).toEqual([]);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("the example of the schema is written as it was read", () => {
    const result = decodeMailFragment(JSON.stringify(sample));
    expect(result.ok && encodeMailFragment(result.fragment)).toBe(JSON.stringify(sample));
  });

  test("header order does not show", () => {
    const result = decodeMailFragment(JSON.stringify({ ...sample, headers: { subject: "Test", from: "IT" } }));
    expect(result.ok && encodeMailFragment(result.fragment)).toContain('"headers":{"from":"IT","subject":"Test"}');
  });
});

test.each<[string, string, object]>([
  ["unknown-version", "v", { v: 2 }],
  ["missing-field", "queueId", { queueId: undefined }],
  ["out-of-range", "queueId", { queueId: "" }],
  ["control-character", "login", { login: "a\u0007" }],
  ["wrong-type", "lastAt", { lastAt: 7 }],
  ["out-of-range", "nrcpt", { nrcpt: -1 }],
  ["too-long", "headers.subject", { headers: { subject: "x".repeat(2001) } }],
  ["wrong-type", "headers", { headers: "Subject: x" }],
  ["too-long", "origTo", { origTo: Array.from({ length: 9 }, () => ({ address: "a@x", seen: 1 })) }],
  ["out-of-range", "origTo[0].seen", { origTo: [{ address: "a@x", seen: -1 }] }],
  ["wrong-type", "expandedTo[0]", { expandedTo: [3] }],
])("refuses with %s at %s", (reason, detail, fields) => {
  const line = JSON.stringify({ ...sample, ...fields });
  expect(decodeMailFragment(line)).toEqual({ ok: false, reason, detail });
  expect(schemaFaults(schema, JSON.parse(line))).not.toEqual([]);
});

test.each<[string, object]>([
  ["a field", { colour: "red" }],
  ["a header", { headers: { ...sample?.headers, "x-spam": "yes" } }],
  ["a header with a name that objects inherit", { headers: { ...sample?.headers, constructor: "yes" } }],
])("passes over %s of a newer squall", (_name, fields) => {
  expect(decodeMailFragment(JSON.stringify({ ...sample, ...fields }))).toEqual(
    decodeMailFragment(JSON.stringify(sample)),
  );
});
