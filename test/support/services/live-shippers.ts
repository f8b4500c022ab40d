// Real shippers run with the files of deploy/shippers: what a reader of them is told to change is changed, and nothing else unless a test
// says so.

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { realPart } from "../real-part.ts";
import { RealProcess } from "../real-process.ts";
import { startRealRsyslog } from "../real-rsyslog.ts";

const DEPLOYED = join(import.meta.dirname, "../../../deploy/shippers");
/** Longer than it may take to hand over what is still on its way. */
const END_MS = 20_000;

export interface ShipperPlan {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** What else is another than in the file: text that must be there -> text in its place. */
  readonly changes?: Readonly<Record<string, string>>;
}

export interface LiveShipper {
  /** Log lines as a mail server has them in its file; resolves when they are out of the test's hands. */
  readonly send: (lines: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type StartShipper = (context: TestContext, plan: ShipperPlan) => Promise<LiveShipper>;

/** Changes that spread the lines of a mail over the partitions; of rsyslog as plain text, too. */
export const WITHOUT_KEY = {
  rsyslog: { 'key="squallKey" dynaKey="on"': "", 'template="squallJson"': 'template="RSYSLOG_FileFormat"' },
  "syslog-ng": { 'key("$HOST")': "" },
} as const;

/** Forwarded by TCP to rsyslogd, which sends on what has the facility mail. */
export const startRsyslog: StartShipper = async (context, plan) => {
  const program = realPart("rsyslogd", context);
  realPart("omkafka", context);
  const real = await startRealRsyslog(program, {
    actions: (path) =>
      deployed("rsyslog-omkafka.conf", {
        '"localhost:9092"': plan.brokers.map((broker) => `"${broker}"`).join(","),
        "squall.mail-logs": plan.topic,
        "/var/spool/rsyslog": path("."),
        ...plan.changes,
      }),
  });
  return { send: (lines) => real.send(lines.map((line) => `<22>${line}`)), stop: real.stop };
};

/** A file that syslog-ng follows. */
export const startSyslogNg: StartShipper = async (context, plan) => {
  const folder = mkdtempSync(join(tmpdir(), "squall-syslog-ng-"));
  const path = (name: string): string => join(folder, name);
  const file = deployed("syslog-ng-kafka.conf", {
    "localhost:9092": plan.brokers.join(","),
    "squall.mail-logs": plan.topic,
    "/var/lib/syslog-ng": folder,
    ...plan.changes,
  });
  writeFileSync(path("mail.log"), "");
  const follow = "follow-freq(0.1) keep-hostname(yes) default-facility(mail)";
  const source = `source s_src { file("${path("mail.log")}" ${follow}); };`;
  writeFileSync(path("syslog-ng.conf"), `@version: 3.38\n${source}\n${file}`);
  const state = ["-R", path("persist"), "-p", path("pid"), "-c", path("control")];
  const server = new RealProcess({
    program: realPart("syslog-ng", context),
    args: ["-F", "-f", path("syslog-ng.conf"), ...state],
    logFile: path("said.log"),
    env: { PATH: process.env["PATH"], TZ: "UTC" },
  });
  return {
    send(lines) {
      server.expectRunning();
      appendFileSync(path("mail.log"), lines.map((line) => `${line}\n`).join(""));
      return Promise.resolve();
    },
    async stop() {
      server.signal("SIGTERM");
      const timer = setTimeout(() => server.signal("SIGKILL"), END_MS);
      await server.ended();
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A file of deploy/shippers with texts replaced, each of which must be in it. */
function deployed(name: string, changes: Readonly<Record<string, string>>): string {
  let text = readFileSync(join(DEPLOYED, name), "utf8");
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    text = text.replaceAll(from, () => to);
  }
  return text;
}
