// Real shippers write a mail server's log in the shapes in which it is put into Kafka; what is made of each is what is made of the log.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { assembleLog, ingestLog } from "../support/read-log.ts";
import { realPart } from "../support/real-part.ts";
import { shippedByRsyslog, shippedLog, SHIPPERS_FOLDER } from "../support/shipped-by-rsyslog.ts";
import { shippedBySyslogNg } from "../support/shipped-by-syslog-ng.ts";

const LOG = shippedLog();
const MAILS = mailsOf(LOG);

function mailsOf(lines: readonly string[]): string[] {
  const { events, ingested } = assembleLog(`${lines.join("\n")}\n`);
  expect(ingested.rejected).toEqual([]);
  return events.map(encodeMailEvent);
}

/** When a shipper read a line from a file, and on which machine, differs from run to run. */
function timeless(line: string): string {
  return line
    .replace(/^(\{"timereported":")?2\d{3}-\S+?\+00:00(",) "hostname":"[^"]+"/, "$1$2")
    .replace(/^2\d{3}-\S+\+00:00 \S+ mail: /, "mail: ")
    .replace(/"ISODATE":"[^"]+\+00:00","HOST":"[^"]+"/, "");
}

function expectSameMails(shipped: Readonly<Record<string, readonly string[]>>): void {
  expect(MAILS.length).toBeGreaterThan(5);
  for (const [name, lines] of Object.entries(shipped)) {
    expect(lines).toHaveLength(LOG.length);
    expect(mailsOf(lines)).toEqual(MAILS);
    expect(ingestLog("", { records: lines }).rejected).toEqual([]);
    const golden = readFileSync(join(SHIPPERS_FOLDER, name), "utf8").trimEnd().split("\n");
    expect(lines.map(timeless)).toEqual(golden.map(timeless));
  }
}

describe("the mails are those of the log, and the lines those that the goldens have, by a real", () => {
  test("rsyslog", async (context) => {
    const shipped = await shippedByRsyslog(realPart("rsyslogd", context), LOG);
    expectSameMails(shipped);
    expect(shipped["rsyslog-jsonf.ndjson"][0]).toContain(String.raw`"postfix\/smtpd[2100]:", "msg":" A0001111111: `);
    expect(shipped["rsyslog-imfile-jsonf.ndjson"][0]).toContain(
      String.raw`"mail:", "msg":"2026-11-24T09:29:00.000000+01:00 mx postfix\/`,
    );
  });

  test("syslog-ng", async (context) => {
    const shipped = await shippedBySyslogNg(realPart("syslog-ng", context), LOG);
    expectSameMails(shipped);
    expect(shipped["syslog-ng-json.ndjson"][0]).toContain('"PROGRAM":"postfix/smtpd",');
    expect(shipped["syslog-ng-no-parse.ndjson"][0]).not.toContain("PROGRAM");
  });
});
