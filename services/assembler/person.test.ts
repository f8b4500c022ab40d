import { describe, expect, test } from "vitest";
import { addressOfHeader, domainOf, personOfSender } from "./person.ts";

describe("the person behind an envelope sender", () => {
  test.each<[string, string | undefined, string | undefined]>([
    ["an address", "Jo.Doe@Example.ORG", "jo.doe@example.org"],
    ["an address with a tag", "jo+lists@example.org", "jo+lists@example.org"],
    ["a name with a hyphen", "anne-marie@example.org", "anne-marie@example.org"],
    ["a role that people write from", "it-admin@example.org", "it-admin@example.org"],
    ["none", undefined, undefined],
    ["the null path", "", undefined],
    ["a name without a domain", "root", "root"],
    ["SRS0", "SRS0=HHH=TT=example.org=jo@forwarder.example", "jo@example.org"],
    ["SRS0 with +", "SRS0+HHH=TT=example.org=jo@forwarder.example", "jo@example.org"],
    ["SRS0 in lower case", "srs0-hhh=tt=example.org=jo@forwarder.example", "jo@example.org"],
    ["SRS0 of a name with =", "SRS0=HHH=TT=example.org=jo=doe@forwarder.example", "jo=doe@example.org"],
    ["SRS1", "SRS1=GGG=first.example==HHH=TT=example.org=jo@second.example", "jo@example.org"],
    ["SRS1 with +", "SRS1=GGG=first.example=+HHH=TT=example.org=jo@second.example", "jo@example.org"],
    ["SRS0 cut short", "SRS0=HHH=TT@forwarder.example", "srs0=hhh=tt@forwarder.example"],
    ["BATV", "prvs=7890ABCDEF=jo@example.org", "jo@example.org"],
    ["BATV of another maker", "btv1==123abc456==jo@example.org", "jo@example.org"],
    ["BATV of a forwarded mail", "prvs=1234=SRS0=HHH=TT=example.org=jo@forwarder.example", "jo@example.org"],
    ["a list's bounces", "list-bounces@lists.example.org", undefined],
    ["VERP", "list-bounces+jo=example.org@lists.example.org", undefined],
    ["VERP of ezmlm", "list-return-17-jo=example.org@lists.example.org", undefined],
    ["VERP of another maker", "bounces-17-jo=example.org@lists.example.org", undefined],
    ["bounces with a token", "bounce+abc123@lists.example.org", undefined],
    ["the owner", "owner-list@lists.example.org", undefined],
    ["the owner, the other way round", "list-owner@lists.example.org", undefined],
    ["requests", "list-request@lists.example.org", undefined],
    ["a confirmation", "list-confirm+5f3a@lists.example.org", undefined],
    ["errors", "list-errors@lists.example.org", undefined],
    ["the mailer daemon", "MAILER-DAEMON@mx.example.org", undefined],
    ["a forwarded list's bounces", "SRS0=HHH=TT=lists.example.org=list-bounces@forwarder.example", undefined],
    ["beyond reason", `${"a".repeat(400)}@example.org`, undefined],
    ["a quoted local part", '"jo doe"@example.org', '"jo doe"@example.org'],
    ["no local part", "@example.org", "@example.org"],
  ])("%s", (_name, sender, person) => {
    expect(personOfSender(sender)).toBe(person);
  });

  test("nested wrappings end", () => {
    const wrapped = "prvs=1=".repeat(40);
    expect(personOfSender(`${wrapped}jo@example.org`)).toBe("jo@example.org");
  });
});

describe("the first address of a From or Reply-To", () => {
  test.each<[string, string | undefined, string | undefined]>([
    ["none", undefined, undefined],
    ["empty", "", undefined],
    ["bare", "jo@example.org", "jo@example.org"],
    ["in brackets", "<Jo@Example.org>", "jo@example.org"],
    ["behind a name", "Jo Doe <jo@example.org>", "jo@example.org"],
    ["behind a name in quotes", '"Doe, Jo" <jo@example.org>', "jo@example.org"],
    ["behind quotes that hold an address", '"boss@example.org <boss@example.org>" <jo@example.org>', "jo@example.org"],
    ["behind quotes with an escape", '"Jo \\"<x@example.org>\\"" <jo@example.org>', "jo@example.org"],
    ["behind an encoded name", "=?UTF-8?B?SsO2?= <jo@example.org>", "jo@example.org"],
    [
      "behind an encoded name that spells an address",
      "=?UTF-8?Q?boss=40example=2Eorg_=3Cboss=40example=2Eorg=3E?= <jo@example.org>",
      "jo@example.org",
    ],
    ["behind an encoded name that spells a quote", "=?UTF-8?Q?=22Jo?= <jo@example.org>", "jo@example.org"],
    ["behind an encoded name that was cut", "=?UTF-8?B?SsO2w7bDtsO2w7bDtsO2w7bDtsO2w7bDtsO2w7bDtsO2", undefined],
    ["cut in the middle", "A very long name indeed <jo@exam", undefined],
    ["cut within the name", '"A very long name ind', undefined],
    ["folded", "Jo Doe?? <jo@example.org>", "jo@example.org"],
    ["folded without brackets", "?jo@example.org??", "jo@example.org"],
    ["before a comment", "jo@example.org (Jo Doe)", "jo@example.org"],
    ["several", "jo@example.org, ann@example.org", "jo@example.org"],
    ["several with names", "Jo <jo@example.org>, Ann <ann@example.org>", "jo@example.org"],
    ["a group", "Team: Jo <jo@example.org>, Ann <ann@example.org>;", "jo@example.org"],
    ["a group without names", "Team: jo@example.org, ann@example.org;", "jo@example.org"],
    ["an empty group", "undisclosed-recipients:;", undefined],
    ["a name alone", "Jo Doe", undefined],
    ["no domain", "<jo@>", undefined],
    ["no local part", "<@example.org>", undefined],
    ["empty brackets", "<>", undefined],
    ["white space within", "<jo doe@example.org>", undefined],
    ["two at signs", "<jo@doe@example.org>", "jo@doe@example.org"],
    ["UTF-8", Buffer.from("<ÜBEL@example.org>").toString("latin1"), "übel@example.org"],
    ["beyond reason", `<${"a".repeat(400)}@example.org>`, undefined],
  ])("%s", (_name, value, address) => {
    expect(addressOfHeader(value)).toBe(address);
  });

  test.each(["?", "<", "(", '"', "\\", " ", "=?", "a@", ",", ":"])(
    "a hostile value of %s costs no more than its length",
    (piece) => {
      expect(addressOfHeader(`x${piece.repeat(500_000)}x`)).toBeUndefined();
    },
  );
});

test.each([
  ["jo@Example.org", "example.org"],
  ["a@b@c.example", "c.example"],
  ["jo", undefined],
  ["jo@", undefined],
  ["@example.org", undefined],
  ["", undefined],
])("the domain of %s", (address, domain) => {
  expect(domainOf(address)).toBe(domain);
});
