import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KeyAt } from "./key-index.ts";
import { KeyIndex } from "./key-index.ts";

/** The key in the middle of other bytes, as in a frame. */
function keyAt(text: string): KeyAt {
  const bytes = Buffer.from(`<<${text}>>`);
  return { bytes, start: 2, end: bytes.length - 2 };
}

interface Where {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
}

function expectSame(index: KeyIndex, model: ReadonlyMap<string, Where>): void {
  expect(index.keys).toBe(model.size);
  let liveBytes = 0;
  for (const [key, { segment, offset, bytes }] of model) {
    liveBytes += bytes;
    expect([key, index.isAt(keyAt(key), segment, offset)]).toEqual([key, true]);
    expect(index.isAt(keyAt(key), segment, offset + 1)).toBe(false);
    expect(index.has(keyAt(`${key}~`))).toBe(false);
  }
  expect(index.liveBytes).toBe(liveBytes);
}

describe("the index does what a Map does", () => {
  const step = fc.record({
    what: fc.constantFrom("put", "put", "put", "forget", "forget", "forget-before"),
    key: fc.oneof(
      fc.integer({ min: 0, max: 60 }).map((n) => `k/${n}`),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    ),
    segment: fc.integer({ min: 1, max: 20 }),
    bytes: fc.integer({ min: 8, max: 66_000 }),
  });

  test("whatever is put and forgotten", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const index = new KeyIndex();
        const model = new Map<string, Where>();
        for (const [n, { what, key, segment, bytes }] of steps.entries()) {
          // One behind the other, as in a file: a place beside an entry's is no other entry's.
          const offset = n * 70_000;
          if (what === "put") {
            index.put(keyAt(key), segment, offset, bytes);
            model.set(key, { segment, offset, bytes });
          } else if (what === "forget") {
            index.forget(keyAt(key));
            model.delete(key);
          } else {
            index.forgetBefore(Math.floor(segment / 4));
            for (const [known, where] of model) if (where.segment < Math.floor(segment / 4)) model.delete(known);
          }
        }
        expectSame(index, model);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test("with 50,000 keys, half of them forgotten and others put", () => {
    const index = new KeyIndex();
    const model = new Map<string, Where>();
    for (let turn = 0; turn < 4; turn++) {
      for (let n = 0; n < 50_000; n += 1 + (turn % 2)) {
        const key = `mail/mx${n % 7}.example.org/${(n * 7919).toString(36).padEnd(turn * 20, "x")}`;
        const where = { segment: turn + 1, offset: n, bytes: 50 + (n % 50) };
        index.put(keyAt(key), where.segment, where.offset, where.bytes);
        model.set(key, where);
      }
      for (const key of Array.from(model.keys()).filter((_, n) => n % 2 === turn % 2)) {
        index.forget(keyAt(key));
        model.delete(key);
      }
    }
    expectSame(index, model);
  });
});
