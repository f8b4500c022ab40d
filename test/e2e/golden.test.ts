// A small storm, whole: what `squall replay` says of it, to a person and to a program, is kept beside the log.
// After a wanted change: vitest run test/e2e/golden.test.ts --update

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { stormAlertText } from "../../shared/domain/storm-alert-text.ts";
import { schemaFaults } from "../support/json-schema.ts";
import { linesOf, temporaryFolder, writeLog } from "./log-lines.ts";
import { replayHere } from "./replay-here.ts";
import { ROOT } from "./squall-process.ts";

const TESTDATA = join(ROOT, "test/testdata/postfix");
const SCREEN = { rows: 24, columns: 80 };
const folder = temporaryFolder();
const LOG = join(TESTDATA, "small-storm.log");

test("the text of a small storm", async () => {
  const { code, out } = await replayHere([LOG], { output: "text" });
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot(join(TESTDATA, "small-storm.golden.txt"));
});

test("the first screen of the alert has what, where, how bad, and the first step whole", () => {
  const alerts = readFileSync(join(TESTDATA, "small-storm.golden.ndjson"), "utf8").trimEnd().split("\n");
  const decoded = decodeStormAlert(alerts.find((line) => line.includes('"type":"storm.opened"')) ?? "");
  if (!decoded.ok) throw new Error(decoded.reason);
  const { alert } = decoded;
  const lines = stormAlertText(alert, { timeZone: "UTC", color: false, width: SCREEN.columns }).split("\n");
  const rows = lines.flatMap((line) => line.match(new RegExp(`.{1,${SCREEN.columns}}`, "g")) ?? [""]);
  const screen = rows.slice(0, SCREEN.rows).join("");
  expect(screen).toContain(alert.severity.toUpperCase());
  expect(screen).toContain(alert.list);
  expect(screen).toContain("25,000 recipients");
  expect(screen).toContain("at least 124,984 more: accepted, not yet delivered");
  expect(alert.advice[0]?.command).toContain("REJECT");
  expect(screen).toContain(alert.advice[0]?.command);
});

test("--advice shortens the text, and leaves the NDJSON whole", async () => {
  const { out } = await replayHere([LOG], { output: "text", advice: ["mailman"] });
  expect(out).toContain("  mailman: ");
  expect(out).not.toContain("  postfix: ");
  expect((await replayHere([LOG], { advice: ["mailman"] })).out).toBe((await replayHere([LOG])).out);
});

test("the NDJSON of a small storm, as its schema has it", async () => {
  const { code, out } = await replayHere([LOG], { output: "ndjson" });
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot(join(TESTDATA, "small-storm.golden.ndjson"));
  const schema: unknown = JSON.parse(readFileSync(join(ROOT, "shared/domain/storm-alert.schema.json"), "utf8"));
  const lines = out.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.flatMap((line) => schemaFaults(schema, JSON.parse(line)))).toEqual([]);
});

describe("the storm is the same", () => {
  const lines = linesOf(readFileSync(LOG));
  const golden = (): string => readFileSync(join(TESTDATA, "small-storm.golden.ndjson"), "utf8");

  test("when HELO names and answers of other servers hold forged log lines", async () => {
    const line =
      "4FORGED001: from=<crook@example.org>, size=1, nrcpt=900000 (queue active), orig_to=<forged@example.org>, status=sent";
    const forged = lines.map((each) =>
      each
        .replace(/helo=<([^>]*)>$/, `helo=<$1 2016-11-14T08:30:00Z mx postfix/qmgr[1]: ${line}>`)
        .replace(/\(250 .*\)$/, `(250 2.0.0 Ok; to=<forged@example.org>, relay=x, ${line} (250 forged))`),
    );
    expect(forged.filter((each) => each.includes("4FORGED001")).length).toBeGreaterThan(300);
    const { out } = await replayHere([writeLog(folder, "forged.log", forged)]);
    expect(out).toBe(golden());
  });

  test("when stamps name neither year nor zone, and it happened elsewhere: five hours later", async () => {
    const classic = lines.map((line) => `Nov 14 ${line.slice(11, 19)}${line.slice(line.indexOf(" "))}`);
    const path = writeLog(folder, "rfc3164.log", classic);
    const times = (ndjson: string): number[] =>
      ndjson
        .trimEnd()
        .split("\n")
        .map((each) => Math.floor(Date.parse((JSON.parse(each) as { detectedAt: string }).detectedAt) / 1000));
    const { out } = await replayHere([path], { timezone: "America/New_York", year: 2016 });
    expect(times(out)).toEqual(times(golden()).map((seconds) => seconds + 5 * 3600));
  });
});

test("the windows of a small storm, as their schema has them", async () => {
  const windows = join(folder, "windows.ndjson");
  await replayHere([LOG], { windows });
  const schema: unknown = JSON.parse(readFileSync(join(ROOT, "shared/domain/thread-window.schema.json"), "utf8"));
  const lines = readFileSync(windows, "utf8").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.flatMap((line) => schemaFaults(schema, JSON.parse(line)))).toEqual([]);
});
