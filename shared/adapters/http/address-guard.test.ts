import type { LookupAddress } from "node:dns";
import { describe, expect, test } from "vitest";

import { checkTarget, guardedLookup, isPublicAddress } from "./address-guard.ts";

describe("an address that is written out", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "１２７.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[fec0::1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd12::1]",
    "[ff02::1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:db8::1]",
    "[::ffff:10.0.0.1]",
  ])("https://%s/ is forbidden", (host) => {
    expect(() => checkTarget(new URL(`https://${host}/`))).toThrow("not public");
  });

  test.each(["198.41.0.4", "[2001:500:2::c]", "hooks.example.org", "[::ffff:198.41.0.4]"])(
    "https://%s/ may be called",
    (host) => {
      expect(() => checkTarget(new URL(`https://${host}/`))).not.toThrow();
    },
  );

  test("http is forbidden", () => {
    expect(() => checkTarget(new URL("http://hooks.example.org/"))).toThrow("only https");
  });
});

test.each([
  ["", false],
  ["nonsense", false],
  ["fe80::1%eth0", false],
  ["198.41.0.4", true],
])("%j is public: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

describe("a name", () => {
  const resolving = (addresses: readonly LookupAddress[], error: Error | null = null) =>
    guardedLookup((_name, _options, callback) => callback(error, error === null ? [...addresses] : undefined));
  const good = { address: "198.41.0.4", family: 4 };
  const bad = { address: "127.0.0.1", family: 4 };

  const outcome = (addresses: readonly LookupAddress[], all: boolean, error?: Error): unknown => {
    let result: unknown;
    resolving(addresses, error)("x.example", { all }, (failed, address, family) => {
      result = failed === null ? [address, family] : failed.message;
    });
    return result;
  };

  test("with public addresses is dialled at what was looked up", () => {
    expect(outcome([good], true)).toEqual([[good], undefined]);
    expect(outcome([good, good], false)).toEqual(["198.41.0.4", 4]);
  });

  test.each([
    ["a private one", [bad]],
    ["a private one among public ones", [good, bad]],
    ["none", []],
  ])("with %s is not", (_name, addresses) => {
    expect(outcome(addresses, true)).toBe("the name has an address that is not public");
  });

  test("that cannot be looked up fails as it would", () => {
    expect(outcome([], true, new Error("ENOTFOUND"))).toBe("ENOTFOUND");
  });
});
