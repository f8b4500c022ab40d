import { expect, test } from "vitest";
import { keyHash } from "../../shared/domain/packed/key-hash.ts";
import { enterHash, type HashedGroups } from "./group-hashes.ts";

test("hashes of groups that are gone are given up, those of the others stay", () => {
  const young = new Map(Array.from({ length: 100 }, (_, index) => [`young${index}`, undefined]));
  const table: HashedGroups = {
    groupHashes: new Set(),
    young,
    old: new Map(),
    fanOuts: new Map([["large", undefined]]),
  };
  for (const key of [...young.keys(), "large"]) enterHash(table, key);
  for (let index = 0; index < 50_000; index += 1) enterHash(table, `gone${index}`);
  expect(table.groupHashes.size).toBeLessThan(5000);
  for (const key of [...young.keys(), "large"]) expect(table.groupHashes.has(keyHash(key))).toBe(true);
});
