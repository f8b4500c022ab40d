import * as fc from "fast-check";
import { expect, test } from "vitest";
import { siteKey, siteOfKey } from "./site-key.ts";

test("a name comes back, and its key has no slash and 600 bytes at most", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(name, (site) => {
      const key = siteKey(site);
      const isShort = encodeURIComponent(site).length <= 600;
      expect(key !== undefined).toBe(isShort);
      expect(key?.includes("/") ?? false).toBe(false);
      expect(Buffer.byteLength(key ?? "")).toBeLessThanOrEqual(600);
      expect(key === undefined ? site : siteOfKey(key)).toBe(site);
    }),
    { seed: 5, numRuns: 300 },
  );
});

test.each<[string, string]>([
  ["the longest site there may be, in letters that take nine bytes each", "\u20ac".repeat(255)],
  ["half a pair", "a\ud800b"],
])("no key for %s", (_what, site) => {
  expect(siteKey(site)).toBeUndefined();
});

test("255 letters have a key", () => {
  expect(siteKey("a".repeat(255))).toBe("a".repeat(255));
});
