import { expect, test } from "vitest";
import { createQueueIds } from "./queue-id.ts";

const AT = Date.UTC(2016, 10, 14, 8, 29, 7) * 1000 + 317_790;

test("a long id has no vowel and holds seconds, microseconds, z and the file number", () => {
  const next = createQueueIds("long");
  const first = next(AT);
  expect(first).toMatch(/^[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{10}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{3,5}$/);
  expect(next(AT).slice(0, 10)).toBe(first.slice(0, 10));
});

test("a short id is microseconds and file number in upper-case hexadecimal", () => {
  expect(createQueueIds("short")(AT)).toBe("4D95E141EF0");
});

test.each(["long", "short"] as const)("%s ids made at one moment differ", (kind) => {
  const next = createQueueIds(kind);
  const ids = new Set(Array.from({ length: 10_000 }, () => next(AT)));
  expect(ids.size).toBe(10_000);
});
