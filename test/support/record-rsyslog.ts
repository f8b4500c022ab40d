// Records test/testdata/shippers/rsyslog-* from the machine's rsyslogd: node test/support/record-rsyslog.ts

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findRealPart } from "./real-part.ts";
import { shippedByRsyslog, shippedLog, SHIPPERS_FOLDER } from "./shipped-by-rsyslog.ts";

const program = findRealPart("rsyslogd");
if (program === undefined) throw new Error("rsyslogd is not installed here");
mkdirSync(SHIPPERS_FOLDER, { recursive: true });
for (const [name, lines] of Object.entries(await shippedByRsyslog(program, shippedLog()))) {
  writeFileSync(join(SHIPPERS_FOLDER, name), lines.map((line) => `${line}\n`).join(""));
  console.log(`${name}: ${lines.length} lines`);
}
