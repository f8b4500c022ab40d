import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addAddress, countAddress, lesser } from "./merge-fields.ts";
import type { SeenAddress } from "./mail-fragment.ts";
import { ADDRESSES_MAX } from "./mail-fragment.ts";

test("of two words the lesser stays, whoever spoke first", () => {
  expect(lesser(undefined, "b")).toBe("b");
  expect(lesser("b", "a")).toBe("a");
  expect(lesser("a", "b")).toBe("a");
  expect(lesser("", "a")).toBe("");
});

describe("sets of addresses", () => {
  const addresses = fc.array(fc.constantFrom(...Array.from("abcdefghijklmnop")), { maxLength: 60 });
  const byAddress = (a: SeenAddress, b: SeenAddress): number => (a.address < b.address ? -1 : 1);

  function counted(from: readonly string[]): readonly SeenAddress[] {
    const seen: SeenAddress[] = [];
    for (const address of from) countAddress(seen, address, 1);
    return seen.toSorted(byAddress);
  }

  function added(from: readonly string[]): readonly string[] {
    const set: string[] = [];
    for (const address of from) addAddress(set, address);
    return set.toSorted();
  }

  test("keep the least by code unit, with all that was seen of them, in any order", () => {
    fc.assert(
      fc.property(addresses, (from) => {
        const kept = [...new Set(from)].toSorted().slice(0, ADDRESSES_MAX);
        expect(added(from)).toEqual(kept);
        const expected = kept.map((address) => ({ address, seen: from.filter((one) => one === address).length }));
        expect(counted(from)).toEqual(expected);
        expect(counted(from.toReversed())).toEqual(expected);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
