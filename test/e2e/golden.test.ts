// A small storm, whole: what `squall replay` says of it, to a person and to a program, is kept beside the log.
// After a wanted change: vitest run test/e2e/golden.test.ts --update

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { schemaFaults } from "../support/json-schema.ts";
import { temporaryFolder } from "./log-lines.ts";
import { replayHere } from "./replay-here.ts";
import { ROOT } from "./squall-process.ts";

const TESTDATA = join(ROOT, "test/testdata/postfix");
const folder = temporaryFolder();
const LOG = join(TESTDATA, "small-storm.log");

test("the text of a small storm", async () => {
  const { code, out } = await replayHere([LOG], { output: "text" });
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot(join(TESTDATA, "small-storm.golden.txt"));
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

test("the windows of a small storm, as their schema has them", async () => {
  const windows = join(folder, "windows.ndjson");
  await replayHere([LOG], { windows });
  const schema: unknown = JSON.parse(readFileSync(join(ROOT, "shared/domain/thread-window.schema.json"), "utf8"));
  const lines = readFileSync(windows, "utf8").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.flatMap((line) => schemaFaults(schema, JSON.parse(line)))).toEqual([]);
});
