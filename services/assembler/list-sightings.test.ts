import { describe, expect, test } from "vitest";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";
import { listSightings } from "./list-sightings.ts";
import { fragment } from "../../test/support/fragment.ts";

function seen(said: Partial<MailFragment>, attempts = 30): readonly string[] {
  return listSightings(fragment(said), attempts).map(({ address, via }) => `${via} ${address}`);
}

describe("a list is seen", () => {
  test.each<[string, Partial<MailFragment>, number, readonly string[]]>([
    ["not at all", {}, 30, []],
    [
      "behind all deliveries",
      { origTo: [{ address: "Staff@Example.org", seen: 30 }] },
      30,
      ["orig_to staff@example.org"],
    ],
    [
      "behind most of them, not half: a person's alias beside another recipient is none",
      {
        origTo: [
          { address: "a@x", seen: 6 },
          { address: "b@x", seen: 5 },
        ],
      },
      11,
      ["orig_to a@x"],
    ],
    ["behind twenty of very many", { origTo: [{ address: "a@x", seen: 20 }] }, 5000, ["orig_to a@x"]],
    [
      "for which the whole mail was forwarded",
      { nrcpt: 20, origTo: [{ address: "a@x", seen: 0 }] },
      0,
      ["orig_to a@x"],
    ],
    ["not for which it was forwarded to few: a person's", { nrcpt: 19, origTo: [{ address: "a@x", seen: 0 }] }, 0, []],
    ["but not behind a few of many", { origTo: [{ address: "postmaster@x", seen: 19 }] }, 39, []],
    ["behind the only one", { origTo: [{ address: "postmaster@x", seen: 1 }] }, 1, ["orig_to postmaster@x"]],
    ["handed on", { expandedTo: ["List@x"] }, 1, ["expanded list@x"]],
    ["as last recipient", { headerTo: "Jo@x" }, 1, ["header jo@x"]],
    [
      "by the surest evidence, once",
      { origTo: [{ address: "l@x", seen: 30 }], expandedTo: ["l@x"], headerTo: "L@x" },
      30,
      ["orig_to l@x"],
    ],
    [
      "in order of address",
      { expandedTo: ["c@x", "a@x"], headerTo: "b@x" },
      1,
      ["expanded a@x", "header b@x", "expanded c@x"],
    ],
  ])("%s", (_name, said, attempts, sightings) => {
    expect(seen(said, attempts)).toEqual(sightings);
  });
});

describe("a group that the server expanded", () => {
  const group = (address: string, members: number): { address: string; members: number } => ({ address, members });
  test.each<[string, Partial<MailFragment>, readonly string[]]>([
    ["is a list", { nrcpt: 1, expansions: [group("all@x", 3000)] }, ["orig_to all@x"]],
    [
      "as it is addressed, whatever groups are in it",
      { headerTo: "Jo@x;All@x", nrcpt: 2, expansions: [group("all@x", 2), group("a@x", 900), group("b@x", 800)] },
      ["orig_to all@x"],
    ],
    [
      "beside another",
      { headerTo: "a@x;b@x", nrcpt: 2, expansions: [group("b@x", 40), group("a@x", 30)] },
      ["orig_to a@x", "orig_to b@x"],
    ],
    [
      "but not when a few of its mail are its members",
      { headerTo: "a@x;few@x", nrcpt: 2, expansions: [group("few@x", 4), group("a@x", 30)] },
      ["orig_to a@x"],
    ],
    [
      "under its own address where it was sent to another of its addresses",
      { headerTo: "everyone@x", nrcpt: 1, expansions: [group("all@x", 3), group("a@x", 900), group("b@x", 800)] },
      ["orig_to a@x", "orig_to b@x"],
    ],
    [
      "of very many the largest eight",
      { nrcpt: 20, expansions: Array.from({ length: 20 }, (_, index) => group(`g${index}@x`, 100 + index)) },
      [12, 13, 14, 15, 16, 17, 18, 19].map((index) => `orig_to g${index}@x`),
    ],
  ])("%s", (_name, said, sightings) => {
    expect(seen(said)).toEqual(sightings);
  });

  test("is told in one order, whatever the order of its rows", () => {
    const expansions = Array.from({ length: 20 }, (_, index) => group(`g${index}@x`, 100 + (index % 5)));
    expect(seen({ nrcpt: 20, expansions: expansions.toReversed() })).toEqual(seen({ nrcpt: 20, expansions }));
  });
});

describe("an envelope that names all its recipients", () => {
  test.each<[string, string, readonly string[]]>([
    ["of several", "a@x;B@x", ["header a@x", "header b@x"]],
    [
      "of very many, the first eight",
      Array.from({ length: 30 }, (_, index) => `a${index}@x`).join(";"),
      [0, 1, 2, 3, 4, 5, 6, 7].map((index) => `header a${index}@x`),
    ],
    ["with a quoted local part", '"a;b"@x', ['header "a;b"@x']],
    ["of nobody", ";;", []],
    ["beyond reason", "a".repeat(400), []],
  ])("%s", (_name, headerTo, sightings) => {
    expect(seen({ headerTo })).toEqual(sightings);
  });
});

describe("a List-Id", () => {
  test.each<[string, string, readonly string[]]>([
    ["with a name", "All Staff <all-staff.lists.example.org>", ["list-id all-staff@lists.example.org"]],
    ["alone in brackets", "<all-staff.lists.example.org>", ["list-id all-staff@lists.example.org"]],
    ["without brackets", "all-staff.lists.example.org", ["list-id all-staff@lists.example.org"]],
    ["that is an address", "<All-Staff@lists.example.org>", ["list-id all-staff@lists.example.org"]],
    ["with an encoded name", "=?UTF-8?Q?Fran=C3=A7ais?= <fr.lists.example.org>", ["list-id fr@lists.example.org"]],
    ["with brackets in its name", '"<the> list" <l.lists.example.org>', ["list-id l@lists.example.org"]],
    ["folded", "All Staff??<all-staff.lists.example.org>", ["list-id all-staff@lists.example.org"]],
    ["that was cut", "A list with a very long description <all-staff.lis", []],
    ["folded in the middle", "<all-staff.?lists.example.org>", []],
    ["without a dot", "<staff>", ["list-id staff"]],
    ["empty", "", []],
    ["with a control character", "<a\u001b.x>", []],
    ["beyond reason", `<${"a".repeat(400)}.x>`, []],
  ])("%s", (_name, value, sightings) => {
    expect(seen({ headers: { "list-id": value } })).toEqual(sightings);
  });

  test("is the address that the mail names, where its local part holds a dot", () => {
    const headers = { "list-id": "<all.staff.lists.example.org>" };
    expect(seen({ headers })).toEqual(["list-id all@staff.lists.example.org"]);
    expect(seen({ headers, headerTo: "All.Staff@lists.example.org" })).toEqual(["list-id all.staff@lists.example.org"]);
    expect(seen({ headers, expandedTo: ["all.staff@lists.example.org"] })).toEqual([
      "list-id all.staff@lists.example.org",
    ]);
    expect(seen({ headers, origTo: [{ address: "all.staff@lists.example.org", seen: 30 }] })).toEqual([
      "orig_to all.staff@lists.example.org",
    ]);
  });
});
