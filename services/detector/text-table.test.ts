import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTextTable, enterText, findText, type Keyed, keyHash, removeText } from "./text-table.ts";

interface Entry extends Keyed {
  readonly value: number;
}

describe("a text table", () => {
  test("does what a Map does", () => {
    const key = fc.stringMatching(/^[a-d]{0,3}$/);
    const act = fc.record({ key, kind: fc.constantFrom("enter", "remove"), value: fc.nat() });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
        const table = createTextTable<Entry>();
        const map = new Map<string, number>();
        for (const { key: name, kind, value } of acts) {
          if (kind === "enter") {
            enterText(table, { key: name, value }, keyHash(name));
            map.set(name, value);
          } else {
            removeText(table, name, keyHash(name));
            map.delete(name);
          }
          expect(findText(table, name, keyHash(name))?.value).toBe(map.get(name));
        }
        for (const [name, value] of map) expect(findText(table, name, keyHash(name))?.value).toBe(value);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test("holds 20,000 keys, and keys that all collide", () => {
    const table = createTextTable<Entry>();
    const other = createTextTable<Entry>();
    for (let value = 0; value < 20_000; value += 1) {
      const key = `m${value}@corp.example`;
      enterText(table, { key, value }, keyHash(key));
      enterText(other, { key, value }, 77);
    }
    for (let value = 0; value < 20_000; value += 7) {
      const key = `m${value}@corp.example`;
      expect(findText(table, key, keyHash(key))?.value).toBe(value);
      expect(findText(other, key, 77)?.value).toBe(value);
    }
    expect(findText(table, "nobody", keyHash("nobody"))).toBeUndefined();
    removeText(other, "m19999@corp.example", 77);
    expect(findText(other, "m19999@corp.example", 77)).toBeUndefined();
  });
});
