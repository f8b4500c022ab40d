import { expect, test } from "vitest";
import { fragmentPartition, partitionFor } from "./partition-for.ts";

const ALL_BITS = 2 ** 32;

/** The hash as a reader of its description would write it: FNV-1a of the bytes, then the mixing. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

// Computed by another program, with arbitrary precision: they must never change.
test.each([
  ["", 1_947_474_976, 4, 0],
  ["a", 1_817_065_451, 5, 11],
  ["foobar", 3_170_069_788, 4, 12],
  ["mx1.example.org/4bXyZ12Kq3z9", 3_471_240_437, 5, 5],
  ["mx1.example.org/4bXyZ12Kq3zB", 2_734_009_441, 1, 1],
  ["größe.example/ÄÖ", 352_034_512, 4, 0],
  ["リスト", 3_216_565_388, 2, 12],
  ["🌩 storm", 560_671_892, 2, 4],
  ["a\ud800b", 657_283_988, 657_283_988 % 6, 657_283_988 % 16],
])("%j", (key, whole, of6, of16) => {
  expect([partitionFor(key, ALL_BITS), partitionFor(key, 6), partitionFor(key, 16)]).toEqual([whole, of6, of16]);
  expect(partitionFor(key, 1)).toBe(0);
});

test("it reads a text as UTF-8 does, whatever stands in it", () => {
  const units = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd83c, 0xdf29, 0xdbff, 0xe000, 0xfffd, 0xffff];
  for (const first of units) {
    for (const second of units) {
      const key = String.fromCharCode(first, second, first);
      expect(partitionFor(key, ALL_BITS)).toBe(hashOf(key));
    }
  }
});

test.each([
  ["mx1.example.org", "4bXyZ12Kq3z9"],
  ["größe.example", "ÄÖ/🌩"],
  ["\ud83c", "\udf29"],
  ["", ""],
])("a fragment of %j, %j goes where its key does", (host, queueId) => {
  for (const partitions of [1, 6, 1000]) {
    expect(fragmentPartition(host, queueId, partitions)).toBe(partitionFor(`${host}/${queueId}`, partitions));
  }
});

test("queue ids that follow each other are spread evenly", () => {
  const counts = Array.from({ length: 6 }, () => 0);
  for (let mail = 0; mail < 60_000; mail += 1) {
    const partition = partitionFor(`mx1.example.org/${(0x1f3a9c0d00 + mail * 16).toString(16)}`, 6);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  // 10,000 each; the spread of a fair die is 91.
  expect(Math.max(...counts.map((count) => Math.abs(count - 10_000)))).toBeLessThan(400);
});
