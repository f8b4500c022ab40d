import { describe, expect, test } from "vitest";
import { createMailList, memberAddress, memberNumber } from "./mail-list.ts";
import { addressAt, DIRECTORY_SIZE, personAt, writeAddress } from "./people.ts";
import { createRandom } from "./random.ts";

describe("directory", () => {
  test("every person has an address of their own", () => {
    const addresses = new Set<string>();
    for (let number = 0; number < 60_000; number += 1) addresses.add(addressAt((number * 19) % DIRECTORY_SIZE));
    expect(addresses.size).toBe(60_000);
  });

  test("name and address belong together", () => {
    const person = personAt(123_456);
    const plain = `${person.first}.${person.last}`.toLowerCase();
    expect(person.address.replace(/\d*@nhs\.example$/, "")).toBe(plain);
  });

  test("the address is written where it was asked for, and nowhere else", () => {
    const bytes = Buffer.alloc(100, "-");
    const end = writeAddress(bytes, 3, 0);
    expect(bytes.toString("latin1", 0, end + 1)).toBe(`---${addressAt(0)}-`);
  });

  test("nobody has a number outside the directory", () => {
    expect(() => writeAddress(Buffer.alloc(100), 0, DIRECTORY_SIZE)).toThrow(RangeError);
  });
});

describe("createMailList", () => {
  test("members are different people", () => {
    const list = createMailList(createRandom(1, "list"), "all@nhs.example", 200_000);
    const seen = new Set<number>();
    for (let member = 0; member < list.members; member += 1) seen.add(memberNumber(list, member));
    expect(seen.size).toBe(200_000);
    expect(memberAddress(list, 0)).toMatch(/^[a-z]+\.[a-z]+\d*@nhs\.example$/);
  });

  test("a list cannot have more members than there are people", () => {
    expect(() => createMailList(createRandom(1, "list"), "all@nhs.example", DIRECTORY_SIZE + 1)).toThrow(RangeError);
  });
});
