// `npm run bench:live [-- --seconds 60 --lines-per-second 20000]`: how long after a line was written a webhook hears of the storm that
// it decides, beside ordinary mail at a rate; with the process' memory and processor time. Prints Markdown.
//
// A storm is a mail to a list of 30 and six answers, all lines of a mail written at once: so the latency is that of the whole mail
// that decided, from before its first byte was handed to the system. What it is measured with (this process) writes and listens too.

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import { alertReceiver } from "../support/alert-receiver.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { LINES_A_MAIL, listMailId, shortMail, stormMail } from "../support/live-traffic.ts";
import { table } from "./markdown.ts";
import { peakResidentMiB, processorSeconds } from "./process-usage.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    "lines-per-second": { type: "string", default: "20000" },
  },
});
const SECONDS = Number(values.seconds);
const LINES_PER_SECOND = Number(values["lines-per-second"]);

const TURN_MS = 10;
const STORM_EVERY_MS = 250;
const STORM_MAILS = 7;
const MEMBERS = 30;

const folder = mkdtempSync(join(tmpdir(), "squall-live-"));
const log = join(folder, "mail.log");
writeFileSync(log, "");
const settings = join(folder, "squall.yaml");
const receiver = await alertReceiver();
writeFileSync(
  settings,
  `inputs:\n  - {file: ${log}, from: start}\nlists:\n  - {list: "all-*@corp.example", priceGateDeliveries: 20}\nwebhook: {url: "${receiver.url}", updates: false}\n`,
);
const squall = new LiveSquall([
  "standalone",
  "--config",
  settings,
  "--state",
  join(folder, "state"),
  "--metrics",
  "off",
]);
await squall.says("reading");

/** When a mail to a list was handed to the system, by its Message-ID; ms of the monotonic clock. */
const writtenAt = new Map<string, number>();
let mails = 0;
let listMails = 0;
let storms = 0;

function writeStormMail(descriptor: number, storm: number, turn: number): void {
  const number = listMails++;
  const text = stormMail({ number, storm, turn, members: MEMBERS }, Date.now());
  writtenAt.set(listMailId(number), performance.now());
  writeSync(descriptor, text);
}

const descriptor = openSync(log, "a");
const startedAt = performance.now();
const startedProcessor = processorSeconds(squall.pid);
/** Mails of storms that are still to be written: one a turn, so that they do not come at once. */
const ahead: [storm: number, turn: number][] = [];
for (;;) {
  const elapsedMs = performance.now() - startedAt;
  if (elapsedMs > SECONDS * 1000) break;
  const due = Math.floor(((elapsedMs / 1000) * LINES_PER_SECOND) / LINES_A_MAIL);
  const now = Date.now();
  let text = "";
  while (mails < due) text += shortMail(mails++, now);
  if (text !== "") writeSync(descriptor, text);
  if (elapsedMs > storms * STORM_EVERY_MS) {
    for (let turn = 0; turn < STORM_MAILS; turn += 1) ahead.push([storms, turn]);
    storms += 1;
  }
  const next = ahead.shift();
  if (next !== undefined) writeStormMail(descriptor, ...next);
  await pause(TURN_MS);
}
const usedSeconds = processorSeconds(squall.pid) - startedProcessor;
// The last of them are told within moments.
await pause(2000);
closeSync(descriptor);
const peakMiB = peakResidentMiB(squall.pid);
await squall.signal("SIGTERM");

const latencies = receiver.heard
  .filter(({ alert }) => alert.type === "storm.opened")
  .flatMap(({ alert, atMs }) => {
    const written = writtenAt.get(alert.evidence.messageIds.at(-1) ?? "");
    return written === undefined ? [] : [atMs - written];
  })
  .toSorted((a, b) => a - b);
const at = (share: number): string => (latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN).toFixed(0);
const lines = mails * LINES_A_MAIL;
process.stdout.write(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? "?"}, ${cpus().length} cores. ${storms} storms begun.\n\n` +
    table([
      ["lines a second", "alerts heard", "p50, ms", "p99, ms", "most, ms", "processor, of one core", "peak MiB"],
      [
        (lines / SECONDS).toFixed(0),
        String(latencies.length),
        at(0.5),
        at(0.99),
        at(1),
        `${((usedSeconds / SECONDS) * 100).toFixed(0)} %`,
        peakMiB.toFixed(0),
      ],
    ]),
);
await receiver.close();
rmSync(folder, { recursive: true, force: true });
