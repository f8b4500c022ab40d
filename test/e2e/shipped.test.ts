// A small storm as shippers put it into a file or a topic: `squall replay` says of it what it says of the log.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SHIPPERS } from "../support/shippers.ts";
import { linesOf, temporaryFolder, writeLog } from "./log-lines.ts";
import { replayHere } from "./replay-here.ts";
import { ROOT } from "./squall-process.ts";

const TESTDATA = join(ROOT, "test/testdata/postfix");
const LINES = linesOf(readFileSync(join(TESTDATA, "small-storm.log")));
const ALERTS = readFileSync(join(TESTDATA, "small-storm.golden.ndjson"), "utf8");
const folder = temporaryFolder();

test.each(Object.entries(SHIPPERS))("by %s", async (name, shipper) => {
  const path = writeLog(
    folder,
    `${name.replaceAll(/\W+/g, "-")}.ndjson`,
    LINES.map((line) => shipper(line) ?? line),
  );
  const { code, out, err } = await replayHere([path]);
  expect(err).toContain(", 0 rejected");
  expect(out).toBe(ALERTS);
  expect(code).toBe(0);
});

test("by all of them in turns, each half in a file of its own", async () => {
  const shippers = Object.values(SHIPPERS);
  const mixed = LINES.map((line, n) => shippers[n % (shippers.length + 1)]?.(line) ?? line);
  const halves = [0, 1].map((half) =>
    writeLog(
      folder,
      `half-${half}.ndjson`,
      mixed.filter((_, n) => n % 2 === half),
    ),
  );
  expect((await replayHere(halves)).out).toBe(ALERTS);
});

test("stamps without a year have that of the log as it is", async () => {
  const log = linesOf(readFileSync(join(TESTDATA, "rfc3164-short-ids.log")));
  const logTime = async (name: string, lines: readonly string[]): Promise<string | undefined> =>
    /log time .*/.exec((await replayHere([writeLog(folder, name, lines)])).err)?.[0];
  const expected = await logTime("plain.log", log);
  // The clock of these runs stands in November of 2016.
  expect(expected).toContain("2015-12-31");
  for (const shipper of Object.values(SHIPPERS))
    expect(
      await logTime(
        "shipped.ndjson",
        log.map((line) => shipper(line) ?? line),
      ),
    ).toBe(expected);
});
