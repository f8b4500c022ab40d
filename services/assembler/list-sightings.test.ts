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
