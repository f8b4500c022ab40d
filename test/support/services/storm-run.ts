// One run of a simulated storm through the services of a site: fed at a pace, disturbed by whatever the test does meanwhile, and read to
// its end.

import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { deadLetterTopic, type TopicKind, topicNames } from "../../../shared/domain/topics.ts";
import type { TopicLog } from "../../../shared/runtime/topic-log.ts";
import { TopicReader } from "../../contract/topic-reader.ts";
import { logOn } from "../kafka-logs.ts";
import { pollUntil } from "../poll.ts";
import type { RealInflux } from "../real-influx.ts";
import type { RealKafka } from "../real-kafka.ts";
import { collect } from "../simulated-log.ts";
import { feedLines } from "./line-feeder.ts";
import { recordedOutcome, type Recorded } from "./recorded-outcome.ts";
import { outcomeOf, repeatsOf, SiteReader, type SiteOutcome } from "./site-outcome.ts";
import { ServiceSite, type ServiceSiteOptions } from "./service-site.ts";

export interface StormLog {
  readonly lines: readonly string[];
  /** End of the last line's minute, ms since the epoch. */
  readonly endMs: number;
}

/** The storm of 2016, small: 144,000 lines in three hours of its time. */
export function smallStorm(): StormLog {
  const { log, truth } = collect({ scenario: "nhs-2016", seed: 1, scale: 0.0005 });
  return { lines: log.toString("latin1").split("\n").slice(0, -1), endMs: Date.parse(truth.endedAt) };
}

export interface StormRunOptions {
  readonly storm: StormLog;
  /** What is sent; default: the lines of the storm. */
  readonly lines?: readonly string[];
  readonly linesPerSecond: number;
  readonly linesPerRecord?: number;
  /** Who sends them, and resolves when all are in the topic; default: a producer of ours, at that pace. */
  readonly ship?: (log: TopicLog, topic: string) => Promise<void>;
  readonly site?: Partial<ServiceSiteOptions>;
  /** What goes wrong, from the first line on; it ends when the last was sent, or is over before. */
  readonly disturb?: (site: ServiceSite, isFed: () => boolean) => Promise<void>;
  /** Records that go into every topic between the services while they run. */
  readonly poison?: readonly Buffer[];
  /** How long what was read may take to its end, ms. */
  readonly settleMs?: number;
  /** Where recorders write to, into a bucket of the run's own, by a token that may do no more. */
  readonly influx?: RealInflux;
}

export interface StormRun {
  readonly outcome: SiteOutcome;
  /** Notifications that were heard, by their ids, and how many of them more than once. */
  readonly heard: number;
  readonly repeats: number;
  /** Of storms that were opened the first words that no receiver heard. */
  readonly unheard: readonly string[];
  /** Writes of lines that were made again. */
  readonly writesAgain: number;
  readonly deadLetters: Readonly<Record<TopicKind, number>>;
  /** What InfluxDB has of it; undefined without recorders. */
  readonly recorded: Recorded | undefined;
}

const PARTITIONS = 3;
const READ_MS = 30_000;

export async function runStorm(kafka: RealKafka, options: StormRunOptions): Promise<StormRun> {
  const {
    storm,
    lines = storm.lines,
    linesPerSecond,
    linesPerRecord = 5,
    disturb,
    settleMs = 60_000,
    influx,
    ship,
    poison = [],
    site: { processes = { ingest: 1, assembler: 1, detector: 1, alerter: 1 } } = {},
  } = options;
  const prefix = `s${randomUUID().slice(0, 8)}`;
  const site = await ServiceSite.create(kafka, {
    prefix,
    site: "nhs",
    partitions: PARTITIONS,
    ...options.site,
    processes: { ...processes, ...(influx === undefined ? {} : { recorder: 1 }) },
    env: influx === undefined ? {} : await recorderEnv(influx, prefix),
  });
  const log = logOn(kafka);
  let isFed = false;
  try {
    site.startAll();
    const reader = await SiteReader.open(log, prefix);
    const disturbing = disturb?.(site, () => isFed);
    await writePoison(log, prefix, poison);
    const topic = topicNames(prefix)["mail-logs"];
    const feed = { topic, partitions: PARTITIONS, linesPerRecord, recordsPerWrite: 60, linesPerSecond };
    const writesAgain = ship === undefined ? await feedLines(log, lines, feed) : 0;
    await ship?.(log, topic);
    await feedLines(log, tailOf(storm), { ...feed, linesPerRecord: 1 });
    isFed = true;
    await disturbing;
    await pollUntil(() => reader.finalUntilMs >= storm.endMs, {
      deadlineMs: settleMs,
      what: `windows up to ${new Date(storm.endMs).toISOString()}, not ${new Date(reader.finalUntilMs).toISOString()}`,
    });
    const outcome = await outcomeIn(reader, { log, site, settleMs, unreadable: 2 * poison.length });
    await reader.close();
    const recorded = influx === undefined ? undefined : await recordedOutcome(influx, prefix, outcome, settleMs);
    return {
      outcome,
      ...toldBy(reader, site),
      writesAgain,
      recorded,
      deadLetters: await deadLettersOf(log, prefix),
    };
  } catch (error) {
    for (const service of site.services) process.stderr.write(`${service.name}:\n${site.log(service).slice(-3_000)}\n`);
    throw error;
  } finally {
    await site.close();
    await log.close();
  }
}

async function recorderEnv(influx: RealInflux, database: string): Promise<Readonly<Record<string, string>>> {
  const bucket = await influx.addBucket(database);
  const { token } = await influx.addToken("write", bucket);
  return {
    SQUALL_INFLUX_URL: influx.url,
    SQUALL_INFLUX_TOKEN: token,
    SQUALL_INFLUX_BUCKET: bucket,
    ...(influx.org === "" ? {} : { SQUALL_INFLUX_ORG: influx.org }),
  };
}

interface OutcomeOptions {
  readonly log: TopicLog;
  readonly site: ServiceSite;
  readonly settleMs: number;
  /** Lines of windows and alerts that nobody of ours wrote. */
  readonly unreadable: number;
}

/** What was said and told, once all of it was. */
async function outcomeIn(
  reader: SiteReader,
  { log, site, settleMs, unreadable }: OutcomeOptions,
): Promise<SiteOutcome> {
  // One flush says all that ends with a minute, in several partitions.
  await reader.readAll(log);
  const ends = lastWords(reader);
  await pollUntil(() => ends.every((id) => idsHeard(site).includes(id)), {
    deadlineMs: settleMs,
    what: `${ends.join(", ")} to be told`,
  });
  expect(reader.unreadable).toHaveLength(unreadable);
  return outcomeOf(reader);
}

function idsHeard(site: ServiceSite): string[] {
  return site.receiver.heard.map(({ headers }) => String(headers["webhook-id"]));
}

function toldBy(reader: SiteReader, site: ServiceSite): Pick<StormRun, "heard" | "repeats" | "unheard"> {
  const repeats = repeatsOf(site.receiver.heard);
  const told = new Set(idsHeard(site));
  return {
    heard: site.receiver.heard.length - repeats,
    repeats,
    unheard: openings(reader).filter((id) => !told.has(id)),
  };
}

/** Webhook ids of the first words of storms. */
function openings({ alerts }: SiteReader): string[] {
  const opened = alerts.filter(({ type }) => type === "storm.opened");
  return opened.map(({ stormId, revision }) => `${stormId}-${revision}`);
}

/** Webhook ids of the ends of storms that were opened. */
function lastWords({ alerts }: SiteReader): string[] {
  const opened = new Set(alerts.filter(({ type }) => type === "storm.opened").map(({ stormId }) => stormId));
  const ends = alerts.filter(({ type, stormId }) => type === "storm.resolved" && opened.has(stormId));
  return ends.map(({ stormId, revision }) => `${stormId}-${revision}`);
}

const KINDS: readonly TopicKind[] = ["mail-logs", "mail-fragments", "mail-events", "thread-windows", "storm-alerts"];

/** Into the first partition of all topics but that of lines. */
async function writePoison(log: TopicLog, prefix: string, poison: readonly Buffer[]): Promise<void> {
  if (poison.length === 0) return;
  const topics = topicNames(prefix);
  const writer = await log.openPlainWriter();
  for (const kind of KINDS.slice(1)) {
    await writer.write(poison.map((value) => ({ topic: topics[kind], partition: 0, key: undefined, value })));
  }
  await writer.close();
}

async function deadLettersOf(log: TopicLog, prefix: string): Promise<Record<TopicKind, number>> {
  const topics = topicNames(prefix);
  const counts: Record<TopicKind, number> = {
    "mail-logs": 0,
    "mail-fragments": 0,
    "mail-events": 0,
    "thread-windows": 0,
    "storm-alerts": 0,
  };
  for (const kind of KINDS) counts[kind] = await countRecords(log, deadLetterTopic(topics[kind]));
  return counts;
}

/** Records of a topic that is not written to any more; ends of transactions are none. */
async function countRecords(log: TopicLog, topic: string): Promise<number> {
  const ends = await log.endsOf(topic);
  const reader = await TopicReader.join(log, topic, `${topic}.count`);
  const isRead = (): boolean =>
    ends.every(({ end }, partition) => {
      const last = reader.batches.findLast((batch) => batch.partition === partition);
      return (last?.nextOffset ?? 0) >= end;
    });
  await pollUntil(isRead, { deadlineMs: READ_MS, what: `the end of ${topic}` });
  await reader.member?.leave();
  return reader.batches.reduce((sum, { records }) => sum + records.length, 0);
}

/** A line in each partition, ten minutes on: what came before is over. */
function tailOf({ endMs }: StormLog): string[] {
  const stamp = new Date(endMs + 600_000).toISOString().replace("Z", "+00:00");
  return Array.from({ length: PARTITIONS * 20 }, () => `${stamp} tail postfix/qmgr[1]: 4ZZZZZZZZZz1: removed`);
}
