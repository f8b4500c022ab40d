import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createPseudonyms, defaultPseudonymSettings } from "./pseudonyms.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

const KEY = "0123456789abcdef0123456789abcdef";

function people(settings: { readonly key?: string; readonly rememberedMax?: number } = {}): Pseudonyms {
  return createPseudonyms({ key: KEY, allowSubject: false, ...defaultPseudonymSettings, ...settings });
}

// Made by openssl and base32: see the source.
test.each([
  ["jo@example.org", "p-4urgimze32wgmckj"],
  ["ann@example.org", "p-a7x64zl3ledtynlf"],
  ["jürgen@example.org", "p-dbhgwmgmxepebjns"],
  ["", "p-pfwngb4k6fddm5j5"],
])("%j is %s", (address, want) => {
  expect(people().name(address)).toBe(want);
  expect(people().name(address)).toBe(want);
});

test("with another key everybody is somebody else", () => {
  expect(people({ key: "another-key-another-key-another-key" }).name("jo@example.org")).toBe("p-wufqwbtr4zesc33g");
});

test("80 bits of the HMAC, all of them", () => {
  for (let person = 0; person < 500; person += 1) {
    const address = `person${person}@example.org`;
    const pseudonym = people().name(address);
    const bits = Array.from({ length: 16 }, (_, at) =>
      "abcdefghijklmnopqrstuvwxyz234567"
        .indexOf(pseudonym.charAt(2 + at))
        .toString(2)
        .padStart(5, "0"),
    );
    const bytes = bits.join("").match(/.{8}/gu) ?? [];
    const want = createHmac("sha256", KEY).update(address).digest("hex").slice(0, 20);
    expect(bytes.map((byte) => Number.parseInt(byte, 2).toString(16).padStart(2, "0")).join("")).toBe(want);
  }
});

test("subjects as they are allowed", () => {
  expect(people().allowSubject).toBe(false);
  expect(createPseudonyms({ key: KEY, allowSubject: true, rememberedMax: 10 }).allowSubject).toBe(true);
});

describe("what is remembered", () => {
  test("a person is worked out once", () => {
    const named = people();
    for (let turn = 0; turn < 100; turn += 1) named.name("jo@example.org");
    expect(named.counters).toEqual({ made: 1, forgotten: 0 });
  });

  test("has a bound, and who is forgotten has the same pseudonym again", () => {
    const named = people({ rememberedMax: 100 });
    const first = named.name("person0@example.org");
    for (let person = 1; person < 1000; person += 1) named.name(`person${person}@example.org`);
    // 20 generations of 50; the last two are still known.
    expect(named.counters).toEqual({ made: 1000, forgotten: 900 });
    expect(named.name("person0@example.org")).toBe(first);
    expect(named.counters.made).toBe(1001);
  });

  test("who goes on writing is not forgotten", () => {
    const named = people({ rememberedMax: 100 });
    for (let person = 0; person < 1000; person += 1) {
      named.name(`person${person}@example.org`);
      named.name("jo@example.org");
    }
    expect(named.counters.made).toBe(1001);
  });
});
