// `npm run bench:live [-- --seconds 60 --lines-per-second 20000 --threads 1000 --pages 20]`: how long after a line was written a webhook hears
// of the storm that it decides, beside ordinary mail at a rate; with the process' memory and processor time. `--threads`: threads that were
// answered before, so that all are watched; `--pages`: live pages that are open, as programs that read their events. Prints Markdown.
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
    threads: { type: "string", default: "0" },
    pages: { type: "string", default: "0" },
  },
});
const SECONDS = Number(values.seconds);
const LINES_PER_SECOND = Number(values["lines-per-second"]);
const THREADS = Number(values.threads);
const PAGES = Number(values.pages);

const TURN_MS = 10;
const STORM_EVERY_MS = 250;
const STORM_MAILS = 7;
const MEMBERS = 30;
const WATCHED_MAILS = 3;
const WATCHED_FROM = 1_000_000;
const WATCHED_MEMBERS = 60;
const WATCHED_AGO_MS = 60_000;
const SETTLE_MS = 5_000;
const NEWLINE = 10;

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
  "--console",
  PAGES === 0 ? "off" : "127.0.0.1:0",
]);
await squall.says("reading");
const pages = await openPages(PAGES);

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

interface OpenPages {
  words: number;
  bytes: number;
  readonly close: () => void;
}

/** As many as people have open, each reading what it is told. */
async function openPages(count: number): Promise<OpenPages> {
  const leaving = new AbortController();
  const open: OpenPages = { words: 0, bytes: 0, close: () => leaving.abort() };
  const [, origin = ""] = /live page on (http:\/\/[0-9.:]+)/u.exec(squall.err) ?? [];
  for (let page = 0; page < count; page += 1) {
    const { body } = await fetch(`${origin}/api/v1/events`, { signal: leaving.signal });
    if (body !== null) void readPage(body, open).catch(() => undefined);
  }
  return open;
}

async function readPage(body: ReadableStream<Uint8Array>, open: OpenPages): Promise<void> {
  for await (const chunk of body) {
    open.bytes += chunk.length;
    // A word ends with an empty line.
    if (chunk.at(-1) === NEWLINE && chunk.at(-2) === NEWLINE) open.words += 1;
  }
}

/** Each was answered by three people, in the last minutes. */
async function watchThreads(): Promise<void> {
  for (let thread = 0; thread < THREADS; thread += 1) {
    const text = Array.from({ length: WATCHED_MAILS }, (_, turn) => {
      const number = listMails + turn;
      return stormMail(
        { number, storm: WATCHED_FROM + thread, turn, members: WATCHED_MEMBERS },
        Date.now() - WATCHED_AGO_MS,
      );
    });
    listMails += WATCHED_MAILS;
    writeSync(descriptor, text.join(""));
    if (thread % 50 === 0) await pause(TURN_MS);
  }
  await pause(THREADS === 0 ? 0 : SETTLE_MS);
}

const descriptor = openSync(log, "a");
await watchThreads();
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
const wordsOfPages = pages.words;
const bytesOfPages = pages.bytes;
// The last of them are told within moments.
await pause(2000);
closeSync(descriptor);
const peakMiB = peakResidentMiB(squall.pid);
pages.close();
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
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? "?"}, ${cpus().length} cores. ${storms} storms begun. ` +
    `${PAGES} pages, ${(wordsOfPages / Math.max(1, PAGES) / SECONDS).toFixed(1)} words a second each, of ${(bytesOfPages / Math.max(1, wordsOfPages) / 1024).toFixed(0)} KiB; ` +
    `${THREADS} threads answered before.\n\n` +
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
