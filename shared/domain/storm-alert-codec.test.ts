import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closedSchema, schemaFaults } from "../../test/support/json-schema.ts";
import { hasUnprintable } from "./printable-text.ts";
import { decodeStormAlert, encodeStormAlert } from "./storm-alert-codec.ts";
import type { StormAlert } from "./storm-alert.ts";
import { SEVERITIES, STORM_REASONS } from "./storm-alert.ts";
import schema from "./storm-alert.schema.json" with { type: "json" };

const [sample] = schema.examples;

const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => text.length <= 40 && !hasUnprintable(text));
const count = fc.integer({ min: 0, max: 1_000_000_000_000 });
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const positive = fc.double({ min: 0, max: 1e9, noNaN: true });
const signed = fc.double({ min: -100, max: 100, noNaN: true }).map((value) => value + 0);
const anyAlert: fc.Arbitrary<StormAlert> = fc.record(
  {
    v: fc.constant(1 as const),
    type: fc.constantFrom("storm.watch", "storm.opened", "storm.updated", "storm.resolved"),
    stormId: word,
    revision: fc.integer({ min: 1, max: 1000 }),
    site: word,
    scope: fc.constantFrom("thread", "list"),
    scopes: fc.uniqueArray(fc.constantFrom("thread" as const, "list" as const), { maxLength: 2 }),
    threadKey: word,
    list: word,
    subject: word,
    starter: word,
    severity: fc.constantFrom(...SEVERITIES),
    startedAt: time,
    detectedAt: time,
    resolvedAt: time,
    reasons: fc.uniqueArray(fc.constantFrom(...STORM_REASONS), { maxLength: 4 }),
    evidence: fc.record({
      replyAlls: count,
      distinctRepliers: count,
      autoReplies: count,
      audience: count,
      repliesPerMinute: positive,
      deliveriesPerMinute: positive,
      deliveriesSoFar: count,
      growthFactor: positive,
      score: positive,
      steps: fc.array(
        fc.record({
          at: time,
          secondsSinceLast: positive,
          person: word,
          timing: signed,
          newcomer: signed,
          pause: signed,
          score: positive,
        }),
        { maxLength: 10 },
      ),
      firstMessageId: fc.oneof(fc.constant(""), word),
      messageIds: fc.array(word, { maxLength: 5 }),
    }),
    forecast: fc.record({ minutes: fc.constant(15 as const), atLeast: count }),
    advice: fc.array(
      fc.record({
        system: fc.constantFrom("postfix", "exim", "exchange", "microsoft365", "mailman"),
        text: word,
        command: fc.string({ unit: "binary" }),
      }),
      { maxLength: 3 },
    ),
  },
  {
    requiredKeys: [
      ...(["v", "type", "stormId", "revision", "site", "scope", "scopes", "threadKey", "severity"] as const),
      ...(["startedAt", "detectedAt", "reasons", "evidence", "forecast", "advice"] as const),
    ],
  },
);

describe("round trip", () => {
  test("what was written is read back, and fits the schema", () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const line = encodeStormAlert(alert);
        expect(line).not.toContain("\n");
        expect(decodeStormAlert(line)).toEqual({ ok: true, alert });
        expect(schemaFaults(closedSchema(schema), JSON.parse(line))).toEqual([]);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("the example of the schema is written as it was read", () => {
    const result = decodeStormAlert(JSON.stringify(sample));
    expect(result.ok && encodeStormAlert(result.alert)).toBe(JSON.stringify(sample));
  });
});

test.each<[string, string, object]>([
  ["unknown-version", "v", { v: 2, whatever: 1 }],
  ["missing-field", "stormId", { stormId: undefined }],
  ["out-of-range", "type", { type: "storm.over" }],
  ["wrong-type", "type", { type: 3 }],
  ["out-of-range", "scopes[1]", { scopes: ["thread", "thread"] }],
  ["wrong-type", "reasons[0]", { reasons: [null] }],
  ["too-long", "scopes", { scopes: ["thread", "list", "thread"] }],
  ["control-character", "list", { list: "a\u001B[2J@x" }],
  ["missing-field", "evidence", { evidence: undefined }],
  ["wrong-type", "evidence", { evidence: [] }],
  ["missing-field", "evidence.replyAlls", { evidence: { ...sample?.evidence, replyAlls: undefined } }],
  ["wrong-type", "evidence.steps[0]", { evidence: { ...sample?.evidence, steps: ["one"] } }],
  ["missing-field", "evidence.steps[0].at", { evidence: { ...sample?.evidence, steps: [{}] } }],
  ["out-of-range", "forecast.minutes", { forecast: { minutes: 30, atLeast: 1 } }],
  ["wrong-type", "advice[0].system", { advice: [{ system: 7, text: "x", command: "" }] }],
  ["too-long", "advice[0].text", { advice: [{ system: "exim", text: "x".repeat(4001), command: "" }] }],
])("refuses with %s at %s", (reason, detail, fields) => {
  const line = JSON.stringify({ ...sample, ...fields });
  expect(decodeStormAlert(line)).toEqual({ ok: false, reason, detail });
  expect(schemaFaults(schema, JSON.parse(line))).not.toEqual([]);
});

test("an alert of a newer squall is read with all that is known of it", () => {
  const newer = {
    ...sample,
    mood: "bad",
    reasons: ["bad-feeling", ...(sample?.reasons ?? [])],
    evidence: { ...sample?.evidence, mood: "bad" },
    advice: [{ system: "pigeon", text: "close the loft", command: "" }, ...(sample?.advice ?? [])],
  };
  const read = decodeStormAlert(JSON.stringify(newer));
  expect(read.ok && encodeStormAlert(read.alert)).toBe(JSON.stringify(sample));
});
