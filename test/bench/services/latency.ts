// `npm run bench:services-latency [-- --seconds 120 --lines-per-second 20000]`: how long after the lines of a mail were handed to Kafka a
// web hook hears of the storm that the mail decides, through all services on a real Kafka on this machine, beside ordinary mail of
// several hosts at a rate. Prints Markdown.
//
// A storm is a mail to a list of its own and six answers, all lines of a mail in one record and the record in any partition. The
// latency is that of the whole mail that decided, from before its record was handed to the client. What it is measured with (this
// process: writer and receiver) runs on the same machine.

import { cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { topicNames } from "../../../shared/domain/topics.ts";
import type { NewRecord } from "../../../shared/runtime/topic-log.ts";
import { alertReceiver } from "../../support/alert-receiver.ts";
import { logOn } from "../../support/kafka-logs.ts";
import { LINES_A_MAIL, listMailId, shortMail, stormMail } from "../../support/live-traffic.ts";
import { pollUntil } from "../../support/poll.ts";
import { ServiceSite } from "../../support/services/service-site.ts";
import { table } from "../markdown.ts";
import { startBenchKafka } from "./bench-kafka.ts";
import { firstSeen } from "./first-seen.ts";
import { loadAverage, peakResidentMiB, processorSeconds } from "../process-usage.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "120" },
    "lines-per-second": { type: "string", default: "20000" },
    partitions: { type: "string", default: "6" },
    profile: { type: "string" },
  },
});
const SECONDS = Number(values.seconds);
const LINES_PER_SECOND = Number(values["lines-per-second"]);
const PARTITIONS = Number(values.partitions);

const PREFIX = "latency";
const TURN_MS = 10;
const MAILS_A_RECORD = 5;
const HOSTS = 4;
const STORM_EVERY_MS = 500;
const STORM_MAILS = 7;
const MEMBERS = 30;
/** What is measured begins when the engines have compiled what they run. */
const WARM_MS = 10_000;
const LAST_TOLD_MS = 10_000;

const kafka = await startBenchKafka();
const receiver = await alertReceiver();
const site = await ServiceSite.create(kafka, {
  prefix: PREFIX,
  site: "bench",
  partitions: PARTITIONS,
  processes: { ingest: 1, assembler: 1, detector: 1, alerter: 1 },
  sessionTimeout: "10s",
  env: { SQUALL_DETECTOR_PRICE_GATE_DELIVERIES: "20", SQUALL_WEBHOOK_URL: receiver.url },
  ...(values.profile === undefined ? {} : { nodeOptions: ["--cpu-prof", `--cpu-prof-dir=${values.profile}`] }),
});
const log = logOn(kafka);
site.startAll();
await pollUntil(() => site.services.every((one) => site.log(one).includes("taken over")), {
  deadlineMs: 60_000,
  what: "the services to be ready",
});
const writer = await log.openPlainWriter();
const topic = topicNames(PREFIX)["mail-logs"];

/** When a mail to a list was handed over, by its Message-ID; ms of the monotonic clock. */
const writtenAt = new Map<string, number>();
/** Of those that count. */
const writeMs: number[] = [];
let mails = 0;
let listMails = 0;
let storms = 0;
let turns = 0;

function recordOf(text: string): NewRecord {
  turns += 1;
  return { topic, partition: turns % PARTITIONS, key: undefined, value: Buffer.from(text, "latin1") };
}

function stormRecord(storm: number, turn: number): NewRecord {
  const number = listMails++;
  const text = stormMail({ number, storm, turn, members: MEMBERS }, Date.now());
  writtenAt.set(listMailId(number), performance.now());
  return recordOf(text);
}

function background(due: number): NewRecord[] {
  const records: NewRecord[] = [];
  const now = Date.now();
  while (mails < due) {
    let text = "";
    for (let one = 0; one < MAILS_A_RECORD; one += 1, mails += 1)
      text += shortMail(mails, now, `mx${1 + (mails % HOSTS)}`);
    records.push(recordOf(text));
  }
  return records;
}

const pids = [
  { name: "broker", pid: kafka.process().pid },
  ...site.services.map(({ name, process: one }) => ({ name, pid: one.pid })),
  { name: "writer and receiver", pid: process.pid },
];
const startedMs = performance.now();
const before = pids.map(({ pid }) => processorSeconds(pid));
/** Mails of storms that are still to be written: one a turn, so that they do not come at once. */
const ahead: [storm: number, turn: number][] = [];
for (;;) {
  const elapsedMs = performance.now() - startedMs;
  if (elapsedMs > SECONDS * 1000) break;
  const records = background(Math.floor(((elapsedMs / 1000) * LINES_PER_SECOND) / LINES_A_MAIL));
  if (elapsedMs > WARM_MS + storms * STORM_EVERY_MS) {
    for (let turn = 0; turn < STORM_MAILS; turn += 1) ahead.push([storms, turn]);
    storms += 1;
  }
  const next = ahead.shift();
  if (next !== undefined) records.push(stormRecord(...next));
  const wroteMs = performance.now();
  await writer.write(records);
  if (next !== undefined) writeMs.push(performance.now() - wroteMs);
  const waitMs = TURN_MS - (performance.now() - wroteMs);
  if (waitMs > 0) await pause(waitMs);
}
const used = pids.map(({ pid }, index) => processorSeconds(pid) - (before[index] ?? 0));
const load = loadAverage();
const opened = (): readonly { readonly id: string; readonly atMs: number }[] =>
  receiver.heard
    .filter(({ alert }) => alert.type === "storm.opened")
    .map(({ alert, atMs }) => ({ id: alert.evidence.messageIds.at(-1) ?? "", atMs }));
await pollUntil(() => opened().length >= storms, { deadlineMs: LAST_TOLD_MS, what: "every storm to be told" }).catch(
  (error: unknown) => void process.stderr.write(`${String(error)}\n`),
);

const latencies = opened()
  .flatMap(({ id, atMs }) => {
    const written = writtenAt.get(id);
    return written === undefined ? [] : [atMs - written];
  })
  .toSorted((a, b) => a - b);
const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(0);
const writes = writeMs.toSorted((a, b) => a - b);
process.stdout.write(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, Kafka 4.3 on them; ${PARTITIONS} partitions. ` +
    `${storms} storms begun; load average ${load}.\n\n` +
    table([
      [
        "lines a second",
        "alerts heard",
        "p50, ms",
        "p99, ms",
        "most, ms",
        "of these the write into Kafka, p50 and p99, ms",
      ],
      [
        ((mails * LINES_A_MAIL) / SECONDS).toFixed(0),
        String(latencies.length),
        at(latencies, 0.5),
        at(latencies, 0.99),
        at(latencies, 1),
        `${at(writes, 0.5)} and ${at(writes, 0.99)}`,
      ],
    ]) +
    "\n" +
    table([
      ["process", "of one core", "peak MiB"],
      ...pids.map(({ name, pid }, index) => [
        name,
        `${(((used[index] ?? 0) / SECONDS) * 100).toFixed(0)} %`,
        peakResidentMiB(pid).toFixed(0),
      ]),
    ]),
);
await site.endAll();
process.stdout.write(`\n${await stages()}`);
await log.close();
await site.close();
await receiver.close();
await kafka.stop();

/** How long the mails that decided were on their way from topic to topic, by the broker's clock. */
async function stages(): Promise<string> {
  const names = topicNames(PREFIX);
  const topics = [names["mail-logs"], names["mail-fragments"], names["mail-events"], names["storm-alerts"]];
  const seen = await firstSeen(log, topics, /\bl\d+@corp\.example/g);
  const rows = topics.slice(1).map((to, index) => {
    const from = topics[index] ?? "";
    const ways = opened()
      .flatMap(({ id }) => {
        const [began, ended] = [seen.get(from)?.get(id), seen.get(to)?.get(id)];
        return began === undefined || ended === undefined ? [] : [ended - began];
      })
      .toSorted((a, b) => a - b);
    return [`${from} to ${to}`, String(ways.length), at(ways, 0.5), at(ways, 0.99), at(ways, 1)];
  });
  return table([["way, by append times", "mails", "p50, ms", "p99, ms", "most, ms"], ...rows]);
}
