// A real rsyslog writes a mail server's log in the shapes in which it is put into Kafka; what is made of each is what is made of the log.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { assembleLog, ingestLog } from "../support/read-log.ts";
import { realPart } from "../support/real-part.ts";
import { shippedByRsyslog, shippedLog, SHIPPERS_FOLDER } from "../support/shipped-by-rsyslog.ts";

function mailsOf(lines: readonly string[]): string[] {
  const { events, ingested } = assembleLog(`${lines.join("\n")}\n`);
  expect(ingested.rejected).toEqual([]);
  return events.map(encodeMailEvent);
}

/** When imfile read a line, and who did, differs from run to run and from machine to machine. */
function timeless(line: string): string {
  return line
    .replace(/^(\{"timereported":")?2\d{3}-\S+?\+00:00(",) "hostname":"[^"]+"/, "$1$2")
    .replace(/^2\d{3}-\S+\+00:00 \S+ mail: /, "mail: ");
}

test("a real rsyslog ships a log: the mails are those of the log, and the lines those that the goldens have", async (context) => {
  const log = shippedLog();
  const shipped = await shippedByRsyslog(realPart("rsyslogd", context), log);
  const mails = mailsOf(log);
  expect(mails.length).toBeGreaterThan(5);
  for (const [name, lines] of Object.entries(shipped)) {
    expect(lines).toHaveLength(log.length);
    expect(mailsOf(lines)).toEqual(mails);
    expect(ingestLog("", { records: lines }).rejected).toEqual([]);
    const golden = readFileSync(join(SHIPPERS_FOLDER, name), "utf8").trimEnd().split("\n");
    expect(lines.map(timeless)).toEqual(golden.map(timeless));
  }
  expect(shipped["rsyslog-jsonf.ndjson"][0]).toContain(String.raw`"postfix\/smtpd[2100]:", "msg":" A0001111111: `);
  expect(shipped["rsyslog-imfile-jsonf.ndjson"][0]).toContain(
    String.raw`"mail:", "msg":"2026-11-24T09:29:00.000000+01:00 mx postfix\/`,
  );
});
