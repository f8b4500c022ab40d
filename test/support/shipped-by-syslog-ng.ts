// A real syslog-ng reads a mail server's log from a file, with and without parsing its headers, and writes it as it is put into Kafka.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pollUntil } from "./poll.ts";
import { RealProcess } from "./real-process.ts";

const WAIT_MS = 30_000;
/** What docs/kafka-lines.md tells people to write. */
const JSON_TEMPLATE = "$(format-json --scope rfc5424 --exclude DATE --key ISODATE)";
const TEXT_TEMPLATE = "$ISODATE $HOST $PROGRAM[$PID]: $MSG";

const FILES = ["syslog-ng-json.ndjson", "syslog-ng-text.log", "syslog-ng-no-parse.ndjson"] as const;
export type ShippedBySyslogNg = Readonly<Record<(typeof FILES)[number], readonly string[]>>;

/** What it wrote of `lines`, by the name of its golden. */
export async function shippedBySyslogNg(program: string, lines: readonly string[]): Promise<ShippedBySyslogNg> {
  const folder = mkdtempSync(join(tmpdir(), "squall-syslog-ng-"));
  const path = (name: string): string => join(folder, name);
  for (const name of ["mail.log", "raw.log"]) writeFileSync(path(name), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(path("syslog-ng.conf"), configuration(path));
  const state = ["-R", path("persist"), "-p", path("pid"), "-c", path("control")];
  const args = ["-F", "-f", path("syslog-ng.conf"), ...state];
  const server = new RealProcess({ program, args, logFile: path("said.log") });
  const written = (name: string): string[] =>
    existsSync(path(name)) ? readFileSync(path(name), "utf8").split("\n").slice(0, -1) : [];
  try {
    const isWhole = (): boolean => {
      server.expectRunning();
      return FILES.every((name) => written(name).length >= lines.length);
    };
    await pollUntil(isWhole, { deadlineMs: WAIT_MS, what: "what syslog-ng writes" });
    return {
      "syslog-ng-json.ndjson": written("syslog-ng-json.ndjson"),
      "syslog-ng-text.log": written("syslog-ng-text.log"),
      "syslog-ng-no-parse.ndjson": written("syslog-ng-no-parse.ndjson"),
    };
  } finally {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function configuration(path: (name: string) => string): string {
  const writes = (name: string, template: string): string =>
    `destination { file("${path(name)}" template("${template}\\n")); };`;
  return `@version: 3.38
options { keep-hostname(yes); frac-digits(6); };
log {
  source { file("${path("mail.log")}" follow-freq(1)); };
  ${writes("syslog-ng-json.ndjson", JSON_TEMPLATE)}
  ${writes("syslog-ng-text.log", TEXT_TEMPLATE)}
};
log {
  source { file("${path("raw.log")}" follow-freq(1) flags(no-parse)); };
  ${writes("syslog-ng-no-parse.ndjson", JSON_TEMPLATE)}
};
`;
}
