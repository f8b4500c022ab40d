import { expect, test } from "vitest";
import { DEAD_LETTER_BYTES_MAX, deadLetterRecord } from "./dead-letter-record.ts";

const to = { topic: "dead", partition: 1 };
const from = { topic: "in", partition: 3 };
const headers = { topic: "in", partition: "3", offset: "17", reason: "not-json", version: "1.2.3" };

test("says from where and why, and no more than there is to say", () => {
  const value = Buffer.from("{");
  const record = deadLetterRecord({ to, from, offset: 17, reason: "not-json", value, version: "1.2.3" });
  expect(record).toEqual({ ...to, key: undefined, value, headers });
  const detailed = { to, from, offset: 17, reason: "not-json", detail: "at 1", value, version: "1.2.3" };
  expect(deadLetterRecord(detailed).headers).toEqual({ ...headers, detail: "at 1" });
});

test("a value that is too long is cut, and its length told", () => {
  const value = Buffer.alloc(DEAD_LETTER_BYTES_MAX + 5, "x");
  const record = deadLetterRecord({ to, from, offset: 17, reason: "not-json", value, version: "1.2.3" });
  expect(record.value?.length).toBe(DEAD_LETTER_BYTES_MAX);
  expect(record.headers).toEqual({ ...headers, bytes: String(DEAD_LETTER_BYTES_MAX + 5) });
});
