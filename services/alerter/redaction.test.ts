import { expect, test } from "vitest";

import { outputTail, redactedExcerpt } from "./redaction.ts";

test.each([
  ["no route /services/T000AAA/XXXXYYYY", "no route ***"],
  ["token XXXXYYYY is over", "token *** is over"],
  ["Bearer s3cr%2Ft refused; s3cr/t too", "*** refused; *** too"],
  ["api is down\r\n\u001B[2Jtry again", "api is down  [2Jtry again"],
])("a receiver that answers %j", (excerpt, shown) => {
  const secrets = ["https://hooks.example.org/services/T000AAA/XXXXYYYY?api=1", "Bearer s3cr%2Ft"];
  expect(redactedExcerpt(excerpt, secrets)).toBe(shown);
});

test("it is short", () => {
  expect(redactedExcerpt("x".repeat(10_000), [])).toHaveLength(200);
});

test("of a command's output the end is shown", () => {
  expect(outputTail(`${"x".repeat(10_000)}\nno modem\u0007\n\n`)).toMatch(/^x+ no modem$/u);
});

test("a path of short pieces, which a receiver repeats as its own", () => {
  const secrets = ["https://hooks.example.org/sekr/tok5/aB3/xyz?k=v1"];
  expect(redactedExcerpt("gone /sekr/tok5/aB3/xyz", secrets)).toBe("gone ***");
  expect(redactedExcerpt("no POST /sekr/tok5/aB3/xyz?k=v1", secrets)).toBe("no POST ***");
});
