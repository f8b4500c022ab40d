import { expect, test } from "vitest";

import { redactedExcerpt, redactedUrl } from "./redaction.ts";

test.each([
  ["https://hooks.slack.com/services/T000/B000/XXXXXXXX", "https://hooks.slack.com/…"],
  ["https://user:pass@hooks.example.org:8443/?token=1", "https://hooks.example.org:8443/…"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["nonsense", "(no address)"],
])("%s is shown as %s", (url, shown) => {
  expect(redactedUrl(url)).toBe(shown);
});

test.each([
  ["no route /services/T000AAA/XXXXYYYY", "no route /***/***/***"],
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
