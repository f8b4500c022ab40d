import { expect, test } from "vitest";
import { deadLetter } from "./dead-letter.ts";

const start = '{"v":1,"at":"2026-11-24T08:29:00Z"';
const letterOf = (text: string, reason: "bad-mail-event" | "not-recognised" = "bad-mail-event"): unknown =>
  JSON.parse(deadLetter({ reason, input: "in.ndjson", line: 7, bytes: Buffer.from(text) }));

test.each([
  [`${start}}`, { fault: "missing-field", field: "recipients" }],
  [`${start},"recipients":"many"}`, { fault: "wrong-type", field: "recipients" }],
  [`${start},"recipients":3,"lists":["a@b",{"address":4}]}`, { fault: "wrong-type", field: "lists[1].address" }],
  [`${start},"recipients":3,"hints":{"reference":[]}}`, { fault: "unknown-field", field: "hints.reference" }],
  ["[]", { fault: "not-an-object" }],
])("%s", (text, fault) => {
  expect(letterOf(text)).toEqual({ v: 1, reason: "bad-mail-event", ...fault, input: "in.ndjson", line: 7, text });
});

test("of any other line the reason says it all; long ones are cut", () => {
  const text = "x".repeat(3_000);
  expect(letterOf(text, "not-recognised")).toEqual({
    v: 1,
    reason: "not-recognised",
    input: "in.ndjson",
    line: 7,
    text: text.slice(0, 2_048),
  });
});
