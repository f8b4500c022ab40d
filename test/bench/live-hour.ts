// `npm run bench:hour [-- --minutes 60 --lines-per-second 20000]`: an hour of event time of ordinary mail through `squall standalone`,
// as fast as it reads a pipe, with its state kept: what it holds in memory minute by minute, and what its state takes on the disk.

import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LiveSquall } from "../support/live-squall.ts";
import { LINES_A_MAIL, shortMail } from "../support/live-traffic.ts";
import { table } from "./markdown.ts";
import { peakResidentMiB, residentMiB } from "./process-usage.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    "lines-per-second": { type: "string", default: "20000" },
  },
});
const MINUTES = Number(values.minutes);
const MAILS_A_MINUTE = (Number(values["lines-per-second"]) * 60) / LINES_A_MAIL;
const MINUTE_MS = 60_000;
const BATCH = 1_000;
const KIB_A_MIB = 1024;
const SHOWN_EVERY = 5;

const folder = mkdtempSync(join(tmpdir(), "squall-hour-"));
const state = join(folder, "state");
const squall = new LiveSquall(["standalone", "-", "--state", state, "--metrics", "off"]);
await squall.says("reading");

function stateMiB(): number {
  return readdirSync(state).reduce((sum, name) => sum + statSync(join(state, name)).size, 0) / KIB_A_MIB / KIB_A_MIB;
}

const begins = Date.now() - MINUTES * MINUTE_MS;
const startedAt = performance.now();
const rows: string[][] = [["minute of event time", "resident MiB", "state MiB"]];
let mails = 0;
for (let minute = 1; minute <= MINUTES; minute += 1) {
  const until = Math.round(minute * MAILS_A_MINUTE);
  while (mails < until) {
    let text = "";
    for (const end = Math.min(until, mails + BATCH); mails < end; mails += 1) {
      text += shortMail(mails, begins + Math.floor((mails / MAILS_A_MINUTE) * MINUTE_MS));
    }
    if (squall.stdin?.write(text) === false) await once(squall.stdin, "drain");
  }
  if (minute % SHOWN_EVERY === 0 || minute === 1)
    rows.push([String(minute), residentMiB(squall.pid).toFixed(0), stateMiB().toFixed(0)]);
}
const seconds = (performance.now() - startedAt) / 1000;
const peak = peakResidentMiB(squall.pid);
squall.stdin?.end();
await squall.end();
const lines = mails * LINES_A_MAIL;
process.stdout.write(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? "?"}, ${cpus().length} cores. ${(lines / 1e6).toFixed(1)} M lines in ${seconds.toFixed(0)} s ` +
    `(${(lines / seconds / 1000).toFixed(0)},000 lines/s, the writer on the same machine); peak ${peak.toFixed(0)} MiB.\n\n${table(rows)}`,
);
rmSync(folder, { recursive: true, force: true });
