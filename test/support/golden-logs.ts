// The logs of test/testdata that have a golden beside them: one folder a mail server.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const TESTDATA = join(import.meta.dirname, "../testdata");
/** Whose golden are alerts: test/e2e/golden.test.ts. */
const STORMS = new Set(["small-storm.log"]);

export interface GoldenLog {
  /** "postfix/reused-ids.log" */
  readonly name: string;
  readonly path: string;
  /** Of the MailEvents that come of it. */
  readonly goldenPath: string;
}

export const GOLDEN_LOGS: readonly GoldenLog[] = readdirSync(TESTDATA, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: folder }) => readdirSync(join(TESTDATA, folder)).map((name) => ({ folder, name })))
  .filter(({ name }) => /\.(?:log|ndjson)$/.test(name) && !name.includes(".golden.") && !STORMS.has(name))
  .map(({ folder, name }) => {
    const path = join(TESTDATA, folder, name);
    return { name: `${folder}/${name}`, path, goldenPath: path.replace(/\.(?:log|ndjson)$/, ".golden.ndjson") };
  });

/** Bytes as latin1. */
export function linesOfGolden({ path }: GoldenLog): string[] {
  return readFileSync(path, "latin1").trimEnd().split(/\r?\n/);
}

/** A line that says how those behind it are to be read: the head of a tracking log. */
export function isHead(line: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?#/.test(line);
}
