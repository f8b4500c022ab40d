import { describe, expect, test } from "vitest";
import { holderOf, isInNetwork, parseAddress, placeOfAddress, parseNetwork } from "./ip-network.ts";

describe("an address", () => {
  test.each([
    ["192.0.2.7", 0xffff_c000_0207n],
    ["::ffff:192.0.2.7", 0xffff_c000_0207n],
    ["::1", 1n],
    ["::", 0n],
    ["2001:DB8::1", 0x2001_0db8_0000_0000_0000_0000_0000_0001n],
    ["1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ["1:2:3:4:5:6:7::", 0x0001_0002_0003_0004_0005_0006_0007_0000n],
  ])("%s", (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  test.each([
    "",
    "mx1",
    "mx1.example.org",
    "192.0.2",
    "192.0.2.256",
    "192.0.2.7.1",
    "192.0.2.+7",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "1:2:3",
    "12345::",
    "g::",
    "::1%eth0",
    "::300.0.2.7",
    "1".repeat(60),
  ])("not %s", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("a network", () => {
  test.each([
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    ["192.0.2.7", "192.0.2.7", true],
    ["192.0.2.7", "192.0.2.8", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["::/0", "2001:db9::1", true],
  ])("%s holds %s: %s", (network, address, holds) => {
    const [range, one] = [parseNetwork(network), parseAddress(address)];
    expect(range !== undefined && one !== undefined && isInNetwork(one, range)).toBe(holds);
  });

  test.each(["192.0.2.0/33", "2001:db8::/129", "192.0.2.0/", "192.0.2.0/2/4", "mx1/24", "192.0.2.0/-1"])(
    "not %s",
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );
});

test.each([
  ["10.1.2.3", "inside"],
  ["172.15.255.255", "outside"],
  ["172.31.255.255", "inside"],
  ["172.32.0.0", "outside"],
  ["192.168.1.1", "inside"],
  ["100.127.0.1", "inside"],
  ["127.0.0.1", "inside"],
  ["::ffff:127.0.0.1", "inside"],
  ["::1", "inside"],
  ["fd00::7", "inside"],
  ["fe80::1", "inside"],
  ["203.0.113.9", "outside"],
  ["::ffff:203.0.113.9", "outside"],
  ["2001:db8::1", "outside"],
  ["mx1", "none"],
  ["10.example.org", "none"],
  ["a:b", "none"],
  ["", "none"],
])("%s: %s", (text, place) => {
  expect(placeOfAddress(text)).toBe(place);
});

test("one holder has an IPv4 address, or 64 bits of IPv6", () => {
  const holder = (text: string): bigint => holderOf(parseAddress(text) ?? 0n);
  expect(holder("2001:db8:0:1::1")).toBe(holder("2001:db8:0:1:ffff::2"));
  expect(holder("2001:db8:0:1::1")).not.toBe(holder("2001:db8:0:2::1"));
  expect(holder("192.0.2.7")).not.toBe(holder("192.0.2.8"));
});
