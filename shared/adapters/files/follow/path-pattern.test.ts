import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError } from "../file-error.ts";
import { isPattern, pathPattern } from "./path-pattern.ts";
import { SeriesListing } from "./series-listing.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "squall-pattern-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function seriesIn(pattern: string, files: readonly string[]): Record<string, readonly string[]> {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  const within = (path: string): string => path.slice(folder.length + 1);
  const series = new SeriesListing(pathPattern(join(folder, pattern))).get();
  return Object.fromEntries(
    [...series].map(([name, { members, isDated }]) => [
      within(name),
      isDated ? members.map(({ path }) => within(path)) : [],
    ]),
  );
}

describe("what a pattern matches, and which of it is one log", () => {
  test.each<[string, string, readonly string[], Record<string, readonly string[]>]>([
    [
      "Exchange",
      "MSGTRK*.LOG",
      [
        "MSGTRK2026112609-1.LOG",
        "MSGTRK2026112608-10.LOG",
        "MSGTRK2026112608-2.LOG",
        "MSGTRKMD2026112608-1.LOG",
        "x.LOG",
      ],
      {
        "MSGTRK*.LOG": ["MSGTRK2026112608-2.LOG", "MSGTRK2026112608-10.LOG", "MSGTRK2026112609-1.LOG"],
        "MSGTRKMD*.LOG": ["MSGTRKMD2026112608-1.LOG"],
      },
    ],
    [
      "days, some compressed",
      "mail-*.log",
      [
        "mail-2026-11-25.log.gz",
        "mail-2026-11-26.log",
        "mail-2026-11-26.log.gz",
        "mail-2026-11-24.log.zst",
        "mail-in.log",
      ],
      {
        "mail-*.log": ["mail-2026-11-24.log.zst", "mail-2026-11-25.log.gz", "mail-2026-11-26.log"],
        "mail-in.log": [],
      },
    ],
    ["nothing but compressed ones", "mail-*.log", ["mail-2026-11-25.log.gz"], {}],
    [
      "numbers that are no dates",
      "mx*.log",
      ["mx1.log", "mx2.log", "mx10.log"],
      { "mx1.log": [], "mx10.log": [], "mx2.log": [] },
    ],
    ["hidden names", "*", [".hidden", "seen"], { seen: [] }],
    ["hidden names by a dot", ".h*", [".hidden", "seen"], { ".hidden": [] }],
    ["one character", "mail.lo?", ["mail.log", "mail.logs", "mail.lot"], { "mail.log": [], "mail.lot": [] }],
    ["a class", "mx[1-3].log", ["mx1.log", "mx4.log"], { "mx1.log": [] }],
    ["all but a class", "mx[!1-3].log", ["mx1.log", "mx4.log"], { "mx4.log": [] }],
    [
      "strftime",
      "mail_%d%b%y_%H.log",
      ["mail_01Feb27_00.log", "mail_30Dec26_23.log", "mail_30Dec26_07.log", "mail_30Xxx26_07.log"],
      { "mail_%d%b%y_%H.log": ["mail_30Dec26_07.log", "mail_30Dec26_23.log", "mail_01Feb27_00.log"] },
    ],
    [
      "the day of the year, minutes, seconds",
      "%Y.%j.%M%S",
      ["2026.330.0102", "2026.329.5901"],
      {
        "%Y.%j.%M%S": ["2026.329.5901", "2026.330.0102"],
      },
    ],
    ["a per cent sign", "50%%-%Y.log", ["50%-2026.log"], { "50%-%Y.log": ["50%-2026.log"] }],
    [
      "folders by date, and a star",
      "*/%Y/%m/mail-%d.log",
      ["mx1/2026/11/mail-30.log", "mx1/2026/12/mail-01.log", "mx2/2026/11/mail-30.log"],
      {
        "mx1/%Y/%m/mail-%d.log": ["mx1/2026/11/mail-30.log", "mx1/2026/12/mail-01.log"],
        "mx2/%Y/%m/mail-%d.log": ["mx2/2026/11/mail-30.log"],
      },
    ],
    [
      "what stands for a star beside a date",
      "mail-*-%Y.log",
      ["mail-in-2026.log", "mail-out-2026.log"],
      {
        "mail-in-%Y.log": ["mail-in-2026.log"],
        "mail-out-%Y.log": ["mail-out-2026.log"],
      },
    ],
    ["a missing folder", "later/*.log", ["mail.log"], {}],
    ["names that mean something elsewhere", "a+(b)|^$.*", ["a+(b)|^$.log", "aab.log"], { "a+(b)|^$.log": [] }],
  ])("%s", (_name, pattern, files, expected) => {
    expect(seriesIn(pattern, files)).toEqual(expected);
  });
});

test.each([
  ["/var/log/mail.log", false],
  ["/var/log/mail*.log", true],
  ["/var/log/mail-%Y.log", true],
  ["/var/log/100%", false],
  ["/var/log/mail[12].log", true],
])("%s is a pattern: %s", (path, expected) => {
  expect(isPattern(path)).toBe(expected);
});

test("what stands behind a per cent sign has to be known", () => {
  expect(() => pathPattern("/var/log/%B.log")).toThrow(
    new InputError("/var/log/%B.log: %B is not known; known are %Y %y %m %b %d %j %H %M %S %%"),
  );
  expect(() => pathPattern("/var/log/[z-a].log")).toThrow(
    new InputError("/var/log/[z-a].log: the brackets in it make no pattern"),
  );
});
