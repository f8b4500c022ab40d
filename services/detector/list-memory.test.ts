import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createListMemory, firstSeenAt, rememberPerson } from "./list-memory.ts";
import { hexHash } from "./text-hash.ts";

describe("list memory", () => {
  test("keeps the earliest time of each person, to the second", () => {
    const row = fc.tuple(fc.stringMatching(/^[a-f]{1,4}$/), fc.integer({ min: 1000, max: 4_000_000_000_000 }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
        const memory = createListMemory();
        const first = new Map<string, number>();
        for (const [person, at] of rows) {
          expect(rememberPerson(memory, person, at)).toBe(!first.has(person));
          first.set(person, Math.min(first.get(person) ?? at, at));
        }
        expect(memory.persons).toBe(first.size);
        for (const [person, at] of first) expect(firstSeenAt(memory, person)).toBe(Math.floor(at / 1000) * 1000);
        expect(firstSeenAt(memory, "nobody")).toBeUndefined();
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  test("200,000 people take 16 to 32 bytes each", () => {
    const memory = createListMemory();
    for (let index = 0; index < 200_000; index += 1)
      rememberPerson(memory, `person${index}@corp.example`, 1e12 + index * 1000);
    expect(memory.persons).toBe(200_000);
    expect(memory.slots.byteLength).toBeLessThanOrEqual(200_000 * 32);
    expect(firstSeenAt(memory, "person777@corp.example")).toBe(1e12 + 777_000);
    expect(firstSeenAt(memory, "person200000@corp.example")).toBeUndefined();
  });
});

describe("the hash", () => {
  test("is the same in every run, and of every letter", () => {
    expect(hexHash("anna@corp.example")).toMatch(/^[0-9a-f]{16}$/);
    expect(hexHash("anna@corp.example")).toBe(hexHash("anna@corp.example"));
    const seen = new Set(Array.from({ length: 100_000 }, (_, index) => hexHash(`person${index}`)));
    expect(seen.size).toBe(100_000);
  });
});
