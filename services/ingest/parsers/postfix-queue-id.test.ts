import { describe, expect, test } from "vitest";
import { QueueIdReader } from "./postfix-queue-id.ts";

const host = { name: "mx", hash: 99, index: 0 };

function read(text: string): string | undefined {
  const reader = new QueueIdReader(5);
  const bytes = Buffer.from(`..${text}\n`);
  if (!reader.read(host, bytes, 2, bytes.length - 1)) return undefined;
  expect(bytes.toString("latin1", reader.next - 2, reader.next)).toBe(": ");
  return bytes.toString("latin1", reader.start, reader.end);
}

describe("a queue id is", () => {
  test.each([
    ["97CA59841E6: client=a", "97CA59841E6"],
    ["ABCDEF: removed", "ABCDEF"],
    ["0123456789AB: removed", "0123456789AB"],
    ["FFFFF0123456789ABCDEF: removed", "FFFFF0123456789ABCDEF"],
    ["4CfLz03z2bzRz9: removed", "4CfLz03z2bzRz9"],
    ["3Pt2mN2VXxznjll: client=a", "3Pt2mN2VXxznjll"],
    ["4XNj7c3BRzz1yvFvt: removed", "4XNj7c3BRzz1yvFvt"],
    // All digits are in both alphabets.
    ["1234567890: removed", "1234567890"],
  ])("%s", (text, id) => {
    expect(read(text)).toBe(id);
  });
});

describe("no queue id is", () => {
  test.each([
    "NOQUEUE: reject: RCPT from a",
    "warning: something",
    "fatal: something",
    "panic: something",
    "connect from a[192.0.2.1]",
    "disconnect from a[192.0.2.1]",
    "statistics: max connection rate",
    "Anonymous TLS connection",
    "timeout after DATA",
    "lost connection after RCPT",
    "ABCDE: too short",
    "abcdef: lower case hex is neither",
    "bcdfgh: the long form is longer than this",
    "ABCDEFG: G is not hex, and seven are too few",
    "ABCDEF:removed",
    "ABCDEF removed",
    "ABCDEF",
    "ABCDEF:",
    "",
    ": ",
    "ABC DEF: removed",
    "ABC/DEF: removed",
    "97CA59841E6a: a vowel",
    "4CfLz03z2bzRzO: a capital one",
    "B".repeat(40),
    `${"B".repeat(40)}: too long`,
    "ÄBCDEF: removed",
    "__proto__: removed",
  ])("%s", (text) => {
    expect(read(text)).toBeUndefined();
  });
});

test("its hash is one of host, queue id and seed, and a small integer", () => {
  const hashOf = (text: string, on = host, seed = 5): number => {
    const reader = new QueueIdReader(seed);
    const bytes = Buffer.from(text);
    expect(reader.read(on, bytes, 0, bytes.length)).toBe(true);
    return reader.hash;
  };
  const hash = hashOf("97CA59841E6: removed");
  expect(hashOf("97CA59841E6: client=a")).toBe(hash);
  expect(hashOf("97CA59841E7: removed")).not.toBe(hash);
  expect(hashOf("97CA59841E6: removed", { name: "other", hash: 100, index: 1 })).not.toBe(hash);
  expect(hashOf("97CA59841E6: removed", host, 6)).not.toBe(hash);
  expect(hash).toBeGreaterThanOrEqual(0);
  expect(hash).toBeLessThan(2 ** 30);
});
