import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StateLogError } from "../state-log.ts";
import { positionValue, readPosition } from "./partition-position.ts";

test("a position that was written is read back", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(), (offset, of) => {
      expect(readPosition(positionValue({ offset, of }))).toEqual({ offset, of });
    }),
    { seed: 9, numRuns: 200 },
  );
});

test.each<[string, string, string]>([
  ["of a newer squall", '{"v":2,"offset":1,"of":3}', "version"],
  ["of no version", '{"offset":1,"of":3}', "damaged"],
  ["of a version that is none", '{"v":"1","offset":1,"of":3}', "damaged"],
  ["without an offset", '{"v":1,"of":3}', "damaged"],
  ["before the beginning", '{"v":1,"offset":-1,"of":3}', "damaged"],
  ["between two records", '{"v":1,"offset":1.5,"of":3}', "damaged"],
  ["larger than numbers are whole", '{"v":1,"offset":9007199254740993,"of":3}', "damaged"],
  ["cut short", '{"v":1,"offset":1', "damaged"],
  ["null", "null", "damaged"],
  ["nothing", "", "damaged"],
])("a position %s is refused", (_what, text, fault) => {
  const read = (): unknown => readPosition(Buffer.from(text));
  expect(read).toThrow(StateLogError);
  expect(read).toThrow(expect.objectContaining({ fault }) as Error);
});
