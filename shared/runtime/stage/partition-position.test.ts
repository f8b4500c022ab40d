import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StateLogError } from "../state-log.ts";
import { positionValue, readPosition } from "./partition-position.ts";

test("a position that was written is read back", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (offset, ahead, of) => {
      const position = { offset, readTo: offset + ahead, of };
      expect(readPosition(positionValue(position))).toEqual(position);
    }),
    { seed: 9, numRuns: 200 },
  );
});

test("one that was read whole names no more", () => {
  expect(readPosition(Buffer.from('{"v":1,"offset":5,"of":3}'))).toEqual({ offset: 5, readTo: 5, of: 3 });
});

test.each<[string, string, string]>([
  ["of a newer squall", '{"v":2,"offset":1,"of":3}', "version"],
  ["of no version", '{"offset":1,"of":3}', "damaged"],
  ["of a version that is none", '{"v":"1","offset":1,"of":3}', "damaged"],
  ["without an offset", '{"v":1,"of":3}', "damaged"],
  ["before the beginning", '{"v":1,"offset":-1,"of":3}', "damaged"],
  ["between two records", '{"v":1,"offset":1.5,"of":3}', "damaged"],
  ["larger than numbers are whole", '{"v":1,"offset":9007199254740993,"of":3}', "damaged"],
  ["read to before where it goes on", '{"v":1,"offset":5,"readTo":4,"of":3}', "damaged"],
  ["cut short", '{"v":1,"offset":1', "damaged"],
  ["null", "null", "damaged"],
  ["nothing", "", "damaged"],
])("a position %s is refused", (_what, text, fault) => {
  const read = (): unknown => readPosition(Buffer.from(text));
  expect(read).toThrow(StateLogError);
  expect(read).toThrow(expect.objectContaining({ fault }) as Error);
});
