// Records test/testdata/shippers from the machine's rsyslogd and syslog-ng: node test/support/record-shippers.ts
// What Filebeat, Fluent Bit and Vector write is made to their documentation, by shippers.ts.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findRealPart } from "./real-part.ts";
import { shippedByRsyslog, shippedLog, SHIPPERS_FOLDER } from "./shipped-by-rsyslog.ts";
import { shippedBySyslogNg } from "./shipped-by-syslog-ng.ts";
import { SHIPPERS } from "./shippers.ts";

const MADE = {
  "filebeat.ndjson": "Filebeat",
  "fluent-bit.ndjson": "Fluent Bit",
  "vector.ndjson": "Vector, file",
} as const;

const [rsyslogd, syslogNg] = [findRealPart("rsyslogd"), findRealPart("syslog-ng")];
if (rsyslogd === undefined || syslogNg === undefined) throw new Error("run .ci/install-real-parts");
const log = shippedLog();
const made = Object.entries(MADE).map(([name, shipper]): [string, readonly string[]] => [
  name,
  log.map((line) => SHIPPERS[shipper]?.(line) ?? line),
]);
const recorded = { ...(await shippedByRsyslog(rsyslogd, log)), ...(await shippedBySyslogNg(syslogNg, log)) };
mkdirSync(SHIPPERS_FOLDER, { recursive: true });
for (const [name, lines] of [...Object.entries(recorded), ...made]) {
  writeFileSync(join(SHIPPERS_FOLDER, name), lines.map((line) => `${line}\n`).join(""));
  console.log(`${name}: ${lines.length} lines`);
}
