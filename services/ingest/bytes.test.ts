import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { ascii, find, findLast, needle, spells } from "./bytes.ts";

/** Few letters, so that what is looked for is often there, and often nearly. */
const text = fc.string({ unit: fc.constantFrom("a", "b", ",", " "), maxLength: 30 });
const literal = fc.string({ unit: fc.constantFrom("a", "b", ",", " "), minLength: 1, maxLength: 5 });

describe("a text in bytes", () => {
  test("is found first and last where a string's own search finds it", () => {
    fc.assert(
      fc.property(text, literal, fc.nat(30), fc.nat(30), (line, wanted, one, other) => {
        const [from, end] = [one, other].map((place) => Math.min(place, line.length)).toSorted((a, b) => a - b);
        const bytes = Buffer.from(line);
        const first = line.slice(from, end).indexOf(wanted);
        const last = line.slice(from, end).lastIndexOf(wanted);
        expect(find(bytes, from ?? 0, end ?? 0, needle(wanted))).toBe(first < 0 ? -1 : first + (from ?? 0));
        expect(findLast(bytes, from ?? 0, end ?? 0, needle(wanted))).toBe(last < 0 ? -1 : last + (from ?? 0));
      }),
      { seed: 20_161_114, numRuns: 5000 },
    );
  });

  test("is not spelled by bytes that end before it does", () => {
    expect(spells(Buffer.from("status"), 0, ascii("status=sent"))).toBe(false);
    expect(spells(Buffer.from("x status"), 2, ascii("status"))).toBe(true);
  });
});
