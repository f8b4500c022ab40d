// `npm run bench:takeover [-- --threads 100000 --lists 2000 --persons 1000000 --repetitions 3]`: a detector's start with a large state on
// a real Kafka on this machine, and how long after the kill of the process that has the site another tells of a storm. Prints Markdown.

import { randomUUID } from "node:crypto";
import { cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { encodeMailEvent } from "../../../shared/domain/mail-event-codec.ts";
import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import { partitionFor } from "../../../shared/domain/partition-for.ts";
import { consumerGroup, stateTopic, topicNames } from "../../../shared/domain/topics.ts";
import type { StateEntry } from "../../../shared/runtime/state-log.ts";
import { openTopicStateLog } from "../../../shared/runtime/topic-state-log.ts";
import { logOn } from "../../support/kafka-logs.ts";
import { pollUntil } from "../../support/poll.ts";
import { ServiceSite, type ServiceProcess } from "../../support/services/service-site.ts";
import { SiteReader } from "../../support/services/site-outcome.ts";
import { table } from "../markdown.ts";
import { startBenchKafka } from "./bench-kafka.ts";
import { boundsFor, largeState } from "./large-state.ts";
import { loadAverage, peakResidentMiB } from "../process-usage.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "100000" },
    lists: { type: "string", default: "2000" },
    persons: { type: "string", default: "1000000" },
    repetitions: { type: "string", default: "3" },
    profile: { type: "string" },
  },
});
const SIZE = { threads: Number(values.threads), lists: Number(values.lists), persons: Number(values.persons) };
const REPETITIONS = Number(values.repetitions);

const PREFIX = "takeover";
const SITE = "bench";
const PARTITIONS = 6;
const PARTITION = partitionFor(SITE, PARTITIONS);
const SESSION_S = 10;
const ENTRIES_A_FLUSH = 2000;
const READY_MS = 120_000;
const MAIL_EVERY_MS = 50;
const STORM_MAILS = 8;
const STORM_REACH = 5000;

const TOPICS = topicNames(PREFIX);
const STATE = stateTopic(TOPICS["mail-events"], "detector");

interface Takeover {
  readonly what: string;
  readonly seconds: number;
  readonly told: string;
  readonly peakMiB: number;
  readonly load: string;
}

const kafka = await startBenchKafka();
const bounds = boundsFor(SIZE);
const site = await ServiceSite.create(kafka, {
  prefix: PREFIX,
  site: SITE,
  partitions: PARTITIONS,
  processes: {},
  sessionTimeout: `${SESSION_S}s`,
  env: {
    SQUALL_DETECTOR_BOUNDS_THREADS_MAX: String(bounds.threadsMax),
    SQUALL_DETECTOR_BOUNDS_THREAD_IDS_MAX: String(bounds.threadIdsMax),
    SQUALL_DETECTOR_BOUNDS_FAN_OUTS_MAX: String(bounds.fanOutsMax),
    SQUALL_DETECTOR_BOUNDS_THREAD_MESSAGES_MAX: String(bounds.threadMessagesMax),
  },
  ...(values.profile === undefined ? {} : { nodeOptions: ["--cpu-prof", `--cpu-prof-dir=${values.profile}`] }),
});
const log = logOn(kafka);
const entries = largeState(SITE, SIZE);
const bytes = entries.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
await store(entries);

const rows: Takeover[] = [];
rows.push(await coldStart());
const second = site.add("detector");
await isReady(second);
const reader = await SiteReader.open(log, PREFIX);
const fed = new AbortController();
const feeding = feed(fed.signal);
await pollUntil(() => reader.alerts.length > 0, { deadlineMs: READY_MS, what: "a first storm" });
for (let repetition = 0; repetition < REPETITIONS; repetition += 1) rows.push(await killed());
fed.abort();
await feeding;

process.stdout.write(
  `Node ${process.versions.node}, ${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, Kafka 4.3 on them. ` +
    `${SIZE.threads.toLocaleString("en")} threads, ${SIZE.lists.toLocaleString("en")} lists, ${SIZE.persons.toLocaleString("en")} known senders: ` +
    `${entries.length.toLocaleString("en")} entries, ${(bytes / 1e6).toFixed(1)} MB. Session timeout ${SESSION_S} s.\n\n` +
    table([
      ["what", "s", "of these the state: read back", "peak MiB", "load"],
      ...rows.map(({ what, seconds, told, peakMiB, load }) => [
        what,
        seconds.toFixed(1),
        told,
        peakMiB.toFixed(0),
        load,
      ]),
    ]),
);
await reader.close();
await site.endAll();
await site.close();
await log.close();
await kafka.stop();

/** As a detector wrote it, in the partition of the site. */
async function store(state: readonly StateEntry[]): Promise<void> {
  const at = { topic: STATE, partition: PARTITION };
  const writerId = `${consumerGroup(TOPICS["mail-events"], "detector")}.${PARTITION}`;
  const stateLog = await openTopicStateLog({ log, at, writerId });
  for (let from = 0; from < state.length; from += ENTRIES_A_FLUSH) {
    await stateLog.append(state.slice(from, from + ENTRIES_A_FLUSH));
  }
  await stateLog.close();
}

async function coldStart(): Promise<Takeover> {
  const startedMs = performance.now();
  const only = site.add("detector");
  await pollUntil(() => takeoversBy(only).length >= PARTITIONS, { deadlineMs: READY_MS, what: "all partitions" });
  return takeover("start until ready", only, startedMs);
}

/** From the kill to the first storm that the next process tells. */
async function killed(): Promise<Takeover> {
  const owner = ownerOf();
  const next = site.services.find((one) => one !== owner);
  if (owner === undefined || next === undefined) throw new Error("no two detectors");
  const before = takeoversBy(next).filter(isOfSite).length;
  const startedMs = performance.now();
  await owner.process.kill();
  await pollUntil(() => takeoversBy(next).filter(isOfSite).length > before, {
    deadlineMs: READY_MS,
    what: "a takeover",
  });
  const alerts = reader.alerts.length;
  await pollUntil(() => reader.alerts.length > alerts, { deadlineMs: READY_MS, what: "a storm told by the next" });
  const result = takeover("kill -9 until the next tells of a storm", next, startedMs);
  site.services.splice(site.services.indexOf(owner), 1);
  await isReady(site.add("detector"));
  return result;
}

function takeover(what: string, service: ServiceProcess, startedMs: number): Takeover {
  const seconds = (performance.now() - startedMs) / 1000;
  const told = takeoversBy(service).findLast(isOfSite)?.split("taken over: ")[1] ?? "";
  return { what, seconds, told, peakMiB: peakResidentMiB(service.process.pid), load: loadAverage() };
}

function takeoversBy(service: ServiceProcess): string[] {
  service.process.expectRunning();
  return site
    .log(service)
    .split("\n")
    .filter((line) => line.includes("taken over: "));
}

function isOfSite(line: string): boolean {
  return line.includes(`partition ${PARTITION} `);
}

/** Who took the site's partition over last: with two processes one has it, and it stays there until that is killed. */
function ownerOf(): ServiceProcess | undefined {
  return site.services.findLast((one) => takeoversBy(one).some(isOfSite));
}

async function isReady(service: ServiceProcess): Promise<void> {
  await pollUntil(() => takeoversBy(service).length > 0, { deadlineMs: READY_MS, what: `${service.name} to be ready` });
}

/** Storms, one after the other, each on a list of its own. */
async function feed(signal: AbortSignal): Promise<void> {
  const writer = await log.openPlainWriter();
  for (let number = 0; !signal.aborted; number += 1) {
    const value = Buffer.from(`${encodeMailEvent(stormMail(number))}\n`);
    await writer.write([{ topic: TOPICS["mail-events"], partition: PARTITION, key: undefined, value }]);
    await pause(MAIL_EVERY_MS);
  }
  await writer.close();
}

function stormMail(number: number): MailEvent {
  const turn = number % STORM_MAILS;
  const list = `storm-${Math.floor(number / STORM_MAILS)}@example.org`;
  const root = `root.${list}`;
  return {
    eventId: `${SITE}/${randomUUID()}`,
    revision: 1,
    site: SITE,
    host: "mx1",
    queueId: `Q${number}`,
    hop: "mx1",
    at: Date.now(),
    messageId: turn === 0 ? root : `${turn}.${list}`,
    login: `s${turn}@example.org`,
    senderDomain: "example.org",
    authenticated: true,
    recipients: STORM_REACH,
    lists: [{ address: list, via: "orig_to" }],
    hints: { references: turn === 0 ? [] : [root], subjectKey: list, replySubject: turn > 0 },
    headersLogged: true,
    minutes: [],
  };
}
