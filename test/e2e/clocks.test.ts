// A log in which a host's clock was wrong, or that stood still for days: the storm in it is found all the same, and what
// was set aside is said. A small storm behind four hours of ordinary mail, with stamps of both kinds.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { loadConfiguration } from "../../services/squall/configuration.ts";
import { linesOf, temporaryFolder, writeLog } from "./log-lines.ts";
import { alertsOfChunks } from "./memory-input.ts";
import { writtenLog } from "./postfix-writer.ts";
import { replayHere } from "./replay-here.ts";
import { ROOT, cutInto } from "./squall-process.ts";

const folder = temporaryFolder();
const DAY_MS = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Mails of one person to another, about five lines each. */
function ordinary(fromMs: number, count: number, everyMs: number): string[] {
  return writtenLog(
    Array.from({ length: count }, (_, n) => ({
      at: fromMs + n * everyMs,
      messageId: `${fromMs}.${n}@example.org`,
      login: `person${n % 9}@example.org`,
      list: `person${n % 7}@example.org`,
      audience: 2,
    })),
  );
}

/** "2016-11-14T08:29:00.5Z mx …" -> "Nov 14 08:29:00 mx …". */
function withoutYear(line: string): string {
  const at = new Date(line.slice(0, line.indexOf(" ")));
  const day = String(at.getUTCDate()).padStart(2);
  return `${MONTHS[at.getUTCMonth()]} ${day} ${at.toISOString().slice(11, 19)}${line.slice(line.indexOf(" "))}`;
}

function later(line: string, byMs: number): string {
  const end = line.indexOf(" ");
  return `${new Date(Date.parse(line.slice(0, end)) + byMs).toISOString()}${line.slice(end)}`;
}

const storm = linesOf(readFileSync(join(ROOT, "test/testdata/postfix/small-storm.log")));
const before = ordinary(Date.UTC(2016, 10, 14, 4), 250, 60_000);
const BOOT_AT = Date.UTC(2017, 0, 1, 0, 0, 5);
const atBoot = ordinary(BOOT_AT, 300, 1_000);
const SAID =
  /^clocks {5}mx1 was ahead of the log around it: 360 pieces of mails, stamped 2017-01-01 00:00:05 to 2017-01-01 00:05:05, set aside$/m;

let logs = 0;

async function heardOf(lines: readonly string[]): Promise<{ out: string; err: string }> {
  logs += 1;
  return replayHere([writeLog(folder, `${logs}.log`, lines)]);
}

describe.each([
  ["that name the year", (line: string): string => line],
  ["that do not", withoutYear],
])("with stamps %s", (_name, written) => {
  const clean = heardOf([...before, ...storm].map(written));

  test("the storm is there", async () => {
    const { out, err } = await clean;
    expect(out).toContain('"type":"storm.opened"');
    expect(err).not.toContain("clocks");
  });

  test("a clock that was wrong at boot, before the storm: the same alerts, and what was set aside is said", async () => {
    const { out, err } = await heardOf([...before, ...atBoot, ...storm].map(written));
    expect(out).toBe((await clean).out);
    expect(err).toMatch(SAID);
    expect(err).toMatch(/^ +log time 2016-11-14 04:00:00 to 2016-11-14 09:59:54/m);
    expect(err).not.toContain("more than 2 h behind");
  });

  test("in the midst of the storm, and when the log ends with it", async () => {
    const opened = storm.findIndex((line) => line.includes("T08:33") || line.includes("T08:34"));
    const [first, rest] = [storm.slice(0, opened), storm.slice(opened)];
    const wrong = await heardOf([...before, ...first, ...atBoot, ...rest].map(written));
    expect(wrong.out).toBe((await clean).out);
    const ends = await heardOf([...before, ...first, ...atBoot, ...rest.slice(0, 1)].map(written));
    expect(ends.out).toBe((await heardOf([...before, ...first, ...rest.slice(0, 1)].map(written))).out);
    expect(ends.out).toContain('"type":"storm.opened"');
    expect(ends.err).toMatch(SAID);
    expect(ends.err).toContain("still open at the end of the log: northmere-it-users@nhs.example");
  });

  test("one host with a wrong clock among right ones", async () => {
    const wrong = ordinary(BOOT_AT, 600, 1_000);
    const mixed = [...before, ...storm].flatMap((line, n) => [line, ...wrong.slice(n, n + 1)]);
    const { out, err } = await heardOf(mixed.map(written));
    expect(out).toBe((await clean).out);
    expect(err).toMatch(/^clocks {5}mx1 was ahead of the log around it: /m);
  });

  test("a clock that was behind: its lines are late, the storm is found", async () => {
    const behind = ordinary(Date.UTC(2016, 5, 1), 40, 1_000);
    const { out } = await heardOf([...before, ...behind, ...storm].map(written));
    expect(out).toBe((await clean).out);
  });

  test("a service that stood still for a week goes on with a storm at once, though the log ends soon after", async () => {
    const week = (line: string): string => later(line, -7 * DAY_MS);
    const { out, err } = await heardOf([...before.map(week), ...storm].map(written));
    expect(out).toBe((await heardOf(storm.map(written))).out);
    expect(err).not.toContain("clocks");
  });
});

test("a log that begins with a wrong clock: the storm is found", async () => {
  const { out, err } = await heardOf([...atBoot.slice(0, 40), ...storm]);
  expect(out).toBe((await heardOf(storm)).out);
  expect(err).toContain("mx1 was ahead of the log around it");
});

test.each([[[17]], [[4096, 1, 999]], [[300_000]]])("the same in chunks of %j bytes", async (sizes) => {
  const log = Buffer.from(`${[...before, ...atBoot, ...storm].join("\n")}\n`);
  const alerts = await alertsOfChunks(cutInto(log, sizes), await loadConfiguration({ emitWindows: false }, {}));
  const text = alerts.map((alert) => `${encodeStormAlert(alert)}\n`).join("");
  expect(text).toBe((await heardOf([...before, ...storm])).out);
});

test("a log of another host beside it is not held up", async () => {
  const wrong = writeLog(folder, "wrong.log", [
    ...before,
    ...atBoot,
    ...ordinary(Date.UTC(2016, 10, 14, 8, 10), 9, 60_000),
  ]);
  const right = writeLog(folder, "right.log", storm);
  const { out, err } = await replayHere([wrong, right]);
  expect(out).toBe((await heardOf(storm)).out);
  expect(err).toMatch(SAID);
});

describe("where clocks go back the hour lived twice is told apart by what went before", () => {
  const AUTUMN_AT = Date.UTC(2016, 9, 30);
  const SHIFT_MS = Date.UTC(2016, 10, 14, 8, 20) - AUTUMN_AT;
  /** Begins at 01:20 by the clock, for the second time that night. */
  const night = [
    ...ordinary(AUTUMN_AT - 3 * 3_600_000, 240, 60_000),
    ...storm.map((line) => later(line, 80 * 60_000 - SHIFT_MS)),
  ];

  /** A stamp of London's clocks, without a year. */
  function inLondon(line: string): string {
    const isSummer = Date.parse(line.slice(0, line.indexOf(" "))) < AUTUMN_AT + 3_600_000;
    return withoutYear(later(line, isSummer ? 3_600_000 : 0));
  }

  test("a storm in the second of them is told as by a log that names the zone", async () => {
    const seconds = night.map((line) => line.replace(/\.\d{3}Z/, "Z"));
    const local = await replayHere([writeLog(folder, "autumn.log", night.map(inLondon))], {
      timezone: "Europe/London",
    });
    expect(local.out).toBe((await heardOf(seconds)).out);
    expect(local.out).toContain('"startedAt":"2016-10-30T01:29:00.000Z"');
  });
});
