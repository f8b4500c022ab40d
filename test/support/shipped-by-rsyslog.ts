// A real rsyslogd takes a mail server's log twice, from a port and from a file that imfile reads, and writes it in the two shapes in
// which it is put into Kafka: JSON and RSYSLOG_FileFormat.

import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pollUntil } from "./poll.ts";
import { startRealRsyslog } from "./real-rsyslog.ts";

export const SHIPPERS_FOLDER = join(import.meta.dirname, "../testdata/shippers");

/** The log of which the recordings there are: quotes, slashes, header lines, and text that is no ASCII. */
export function shippedLog(): string[] {
  const log = join(import.meta.dirname, "../testdata/postfix/headers-outlook-gmail-apple.log");
  return readFileSync(log, "utf8").trimEnd().split("\n");
}

const DEADLINE = { deadlineMs: 30_000 };
const TAG = "mail:";

/** What docs/kafka-lines.md tells people to write. */
const JSONF = `template(name="jsonf" type="list" option.jsonf="on") {
  property(outname="timereported" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="hostname" name="hostname" format="jsonf")
  property(outname="syslogtag" name="syslogtag" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}`;

const SHAPES = { "rsyslog-jsonf.ndjson": "jsonf", "rsyslog-file-format.log": "RSYSLOG_FileFormat" } as const;
const READ_BY_IMFILE = {
  "rsyslog-imfile-jsonf.ndjson": "jsonf",
  "rsyslog-imfile-file-format.log": "RSYSLOG_FileFormat",
} as const;

export type ShippedByRsyslog = Readonly<Record<keyof typeof SHAPES | keyof typeof READ_BY_IMFILE, readonly string[]>>;

function writes(shapes: Readonly<Record<string, string>>, path: (name: string) => string): string {
  const actions = Object.entries(shapes).map(
    ([name, template]) => `action(type="omfile" file="${path(name)}" template="${template}")`,
  );
  return actions.join("\n");
}

/** `lines`: without a priority. What rsyslogd wrote, by the name of its golden. */
export async function shippedByRsyslog(program: string, lines: readonly string[]): Promise<ShippedByRsyslog> {
  const files = Object.keys({ ...SHAPES, ...READ_BY_IMFILE });
  const real = await startRealRsyslog(program, {
    actions: (path) => `module(load="imfile")
${JSONF}
input(type="imfile" file="${path("mail.log")}" tag="${TAG}" ruleset="files")
ruleset(name="files") {
${writes(READ_BY_IMFILE, path)}
}
${writes(SHAPES, path)}`,
  });
  try {
    appendFileSync(real.path("mail.log"), lines.map((line) => `${line}\n`).join(""));
    await real.send(lines.map((line) => `<22>${line}`));
    await pollUntil(() => files.every((name) => real.lines(name).length >= lines.length), {
      ...DEADLINE,
      what: "what rsyslogd writes",
    });
    const written = (name: keyof ShippedByRsyslog): readonly string[] => real.lines(name);
    return {
      "rsyslog-jsonf.ndjson": written("rsyslog-jsonf.ndjson"),
      "rsyslog-file-format.log": written("rsyslog-file-format.log"),
      "rsyslog-imfile-jsonf.ndjson": written("rsyslog-imfile-jsonf.ndjson"),
      "rsyslog-imfile-file-format.log": written("rsyslog-imfile-file-format.log"),
    };
  } finally {
    await real.stop();
  }
}
