// A storm on a group of 3,000 in the message tracking logs of two Exchange servers: one storm, its group, its people and its reach,
// however the logs come.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { FIELDS_2010, FIELDS_2016 } from "../support/exchange-log.ts";
import { exchangeStorm, type StormFile } from "../support/exchange-storm.ts";
import { isHead } from "../support/golden-logs.ts";
import { linesOf, numbersFrom, temporaryFolder } from "./log-lines.ts";
import { replayHere } from "./replay-here.ts";
import { ROOT, squall } from "./squall-process.ts";

const folder = temporaryFolder();
const storm = exchangeStorm();
let written = 0;

function write(files: readonly { readonly name: string; readonly text: string | Buffer }[]): string[] {
  written += 1;
  return files.map(({ name, text }) => {
    const path = join(folder, String(written), name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
}

async function alertsOf(
  files: Parameters<typeof write>[0],
): Promise<{ ndjson: string; alerts: StormAlert[]; err: string }> {
  const { code, out, err } = await replayHere(write(files));
  expect(code).toBe(0);
  const alerts = out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const decoded = decodeStormAlert(line);
      if (!decoded.ok) throw new Error(`${decoded.reason} ${decoded.detail}`);
      return decoded.alert;
    });
  return { ndjson: out, alerts, err };
}

const plain = alertsOf(storm.files);

describe("the storm", () => {
  test("is one, of the group, with its people and its reach", async () => {
    const { alerts } = await plain;
    const opened = alerts.filter(({ type }) => type === "storm.opened");
    expect(opened).toHaveLength(1);
    expect(new Set(alerts.map(({ stormId }) => stormId)).size).toBe(1);
    const [alert] = opened;
    expect(alert).toMatchObject({ list: storm.group, starter: storm.starter, startedAt: storm.startedAt });
    expect(alert?.evidence).toMatchObject({
      audience: storm.members,
      firstMessageId: "000000000001@trust.example.org",
    });
    // Decided by a reply-all, and all up to that one are counted, each once.
    const which = storm.repliesAt.indexOf(alert?.detectedAt ?? 0);
    expect(alert?.evidence.replyAlls).toBe(which + 1);
    expect(which + 1).toBeLessThanOrEqual(4);
    expect(alert?.evidence.distinctRepliers).toBe(which + 1);
  });

  test("counts every delivery once, over servers, forks and copies", async () => {
    const { alerts } = await plain;
    const last = alerts.at(-1);
    const before = storm.repliesAt.filter((at) => at < (last?.detectedAt ?? 0) - 60_000).length;
    expect(last?.evidence.audience).toBe(storm.members);
    expect(last?.evidence.deliveriesSoFar).toBeGreaterThanOrEqual((before + 1) * storm.members);
    expect(last?.evidence.deliveriesSoFar).toBeLessThanOrEqual((before + 3) * storm.members);
    expect((last?.evidence.deliveriesSoFar ?? 0) % storm.members).toBe(0);
  });

  test("is told as its golden has it", async () => {
    const { ndjson } = await plain;
    await expect(ndjson).toMatchFileSnapshot(join(ROOT, "test/testdata/exchange/storm.golden.ndjson"));
  });

  test("leaves nothing out that it should say", async () => {
    const { err } = await plain;
    expect(err).toContain("0 rejected");
    expect(err).toContain("17 of them to 20 people or more");
    expect(err).toContain(`${storm.group}: audience 3,000, 17 messages`);
    expect(err).not.toContain("dropped");
  });

  test("advises first how Exchange stops it", async () => {
    const { alerts } = await plain;
    const opened = alerts.find(({ type }) => type === "storm.opened");
    expect(opened?.advice[0]).toMatchObject({ system: "exchange" });
    expect(opened?.advice[0]?.command).toContain(`-Identity '${storm.group}'`);
    expect(opened?.advice[1]?.command).toContain("'000000000001@trust.example.org'");
  });
});

describe("the same is told", () => {
  test.each<[string, () => readonly { readonly name: string; readonly text: string | Buffer }[]]>([
    ["of the files in another order", () => storm.files.toReversed()],
    ["compressed", () => storm.files.map(({ name, text }) => ({ name: `${name}.gz`, text: gzipSync(text) }))],
    ["of files without a byte order mark", () => changed((text) => text.slice(1))],
    ["of files with line feeds alone", () => changed((text) => text.replaceAll("\r\n", "\n"))],
    [
      "of the files of a server put one behind the other",
      () => joined(["EX01/MSGTRK2", "EX01/MSGTRKMS", "EX01/MSGTRKMD", "EX02"]),
    ],
    ["of rows that come up to 30 s late", () => changed((text, index) => shuffledRows(text, index))],
    ["of files without submissions", () => storm.files.filter(({ name }) => !name.includes("MSGTRKMS"))],
    [
      "of columns in another order",
      () => exchangeStorm({ fields: FIELDS_2016.split(",").toReversed().join(",") }).files,
    ],
    ["of the columns of Exchange 2010", () => exchangeStorm({ fields: FIELDS_2010, version: "14.03.0351.000" }).files],
  ])("%s", async (_name, files) => {
    expect((await alertsOf(files())).ndjson).toBe((await plain).ndjson);
  });

  test("on a pipe, one file behind the other", async () => {
    const input = Buffer.from(joined(["EX01/MSGTRK2"])[0]?.text ?? "");
    const alone = storm.files.filter(({ name }) => name.startsWith("EX01/MSGTRK2"));
    const { out } = await squall(["replay", "--output", "ndjson", "--min-severity", "watch", "-"], { input });
    expect(out).toBe((await alertsOf(alone)).ndjson);
    expect(out).toContain('"storm.opened"');
  });
});

function changed(change: (text: string, index: number) => string): StormFile[] {
  return storm.files.map(({ name, text }, index) => ({ name, text: change(text, index) }));
}

/** Files whose names begin alike, each kind in one file, hour behind hour. */
function joined(beginnings: readonly string[]): StormFile[] {
  return beginnings.flatMap((beginning) => {
    const kinds = Map.groupBy(
      storm.files.filter(({ name }) => name.startsWith(beginning)),
      ({ name }) => name.replace(/\d{10}.*/, ""),
    );
    return [...kinds].map(([name, files]) => ({ name, text: files.map(({ text }) => text).join("") }));
  });
}

function shuffledRows(text: string, seed: number): string {
  const next = numbersFrom(seed);
  const lines = linesOf(Buffer.from(text));
  const rows = lines
    .filter((line) => !isHead(line))
    .map((line) => ({ line, at: Date.parse(line.slice(0, line.indexOf(","))) + next() * 29_999 }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ line }) => line);
  return Buffer.from([...lines.filter(isHead), ...rows].join("\n"), "latin1").toString();
}

describe("a storm is seen", () => {
  test.each<[string, (files: readonly StormFile[]) => readonly StormFile[], number, readonly string[]]>([
    // That the starter, who is a member, too, gets one copy stands in the others.
    ["in the transport logs alone", (files) => files.filter(({ name }) => name.includes("MSGTRK2")), 3001, []],
    ["in the logs of one server", (files) => files.filter(({ name }) => name.startsWith("EX01")), 3000, []],
    ["in files that end in the middle of a row", (files) => files.map(cut), 3000, ["malformed-tracking-row"]],
    ["where the heads of files are missing", (files) => files.map(headless), 3000, ["tracking-row-before-fields"]],
  ])("%s", async (_name, some, audience, rejected) => {
    const { alerts, err } = await alertsOf(some(storm.files));
    const opened = alerts.filter(({ type }) => type === "storm.opened");
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({ list: storm.group });
    expect(opened[0]?.evidence.audience).toBe(audience);
    expect([...err.matchAll(/rejected ([a-z]+-[a-z-]+)/g)].map(([, reason]) => reason)).toEqual(rejected);
  });
});

function cut({ name, text }: StormFile): StormFile {
  return { name, text: text.slice(0, -77) };
}

/** Of the later hour. */
function headless({ name, text }: StormFile): StormFile {
  return name.includes("09-1.LOG") ? { name, text: text.slice(text.search(/^20/m)) } : { name, text };
}

test("a mail to all that only the absent answer is no storm", async () => {
  const { alerts, err } = await alertsOf(exchangeStorm({ replies: 0 }).files);
  expect(alerts).toEqual([]);
  expect(err).toContain("1 of them to 20 people or more");
});
