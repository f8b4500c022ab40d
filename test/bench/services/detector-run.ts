// A backlog of mails of two sites through one detector or two, from their having the partitions until the last storm of each site is
// told. Sites lie in different partitions, so that two detectors have one each.

import { randomUUID } from "node:crypto";
import { encodeMailEvent } from "../../../shared/domain/mail-event-codec.ts";
import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import { partitionFor } from "../../../shared/domain/partition-for.ts";
import { topicNames } from "../../../shared/domain/topics.ts";
import type { NewRecord, TopicLog } from "../../../shared/runtime/topic-log.ts";
import { logOn } from "../../support/kafka-logs.ts";
import { pollUntil } from "../../support/poll.ts";
import type { RealKafka } from "../../support/real-kafka.ts";
import { ServiceSite } from "../../support/services/service-site.ts";
import { SiteReader } from "../../support/services/site-outcome.ts";
import type { ProcessUsage } from "./chain-run.ts";
import { loadAverage, peakResidentMiB, processorSeconds } from "../process-usage.ts";

const DEADLINE_MS = 300_000;
const LINES_A_RECORD = 100;
const RECORDS_A_WRITE = 20;
/** A storm on a list of its own, one in so many mails. */
const STORM_EVERY = 20_000;
const STORM_MAILS = 8;
const STORM_REACH = 5_000;
const EVENTS_A_SECOND = 500;

export interface DetectorRun {
  readonly events: number;
  readonly seconds: number;
  readonly usage: readonly ProcessUsage[];
  /** Each storm that was opened, by site and list: of which thread, at how many reply-alls, how bad and why. */
  readonly opened: Record<string, string[]>;
  readonly load: string;
}

export interface DetectorRunOptions {
  /** Of both sites. */
  readonly events: number;
  readonly partitions: number;
  readonly detectors: number;
}

export async function runDetectors(kafka: RealKafka, options: DetectorRunOptions): Promise<DetectorRun> {
  const { events, partitions, detectors } = options;
  const prefix = `d${randomUUID().slice(0, 8)}`;
  const sites = sitesApart(partitions);
  const site = await ServiceSite.create(kafka, {
    prefix,
    site: sites[0],
    partitions,
    processes: { detector: detectors },
    sessionTimeout: "10s",
  });
  const log = logOn(kafka);
  try {
    for (const name of sites)
      await fill(log, { topic: topicNames(prefix)["mail-events"], partitions, site: name, events: events / 2 });
    const reader = await SiteReader.open(log, prefix);
    site.startAll();
    const hasBegun = (): boolean => site.services.some((one) => site.log(one).includes("taken over"));
    await pollUntil(hasBegun, { deadlineMs: DEADLINE_MS, what: "the detectors to have their partitions" });
    const startedMs = performance.now();
    const isTold = (name: string): boolean =>
      reader.alerts.some(({ list, type }) => type === "storm.opened" && list === lastList(name));
    await pollUntil(() => sites.every(isTold), { deadlineMs: DEADLINE_MS, what: "the last storm of each site" });
    const seconds = (performance.now() - startedMs) / 1000;
    const usage = site.services.map(({ name, process: one }) => ({
      name,
      processorSeconds: processorSeconds(one.pid),
      peakMiB: peakResidentMiB(one.pid),
    }));
    const load = loadAverage();
    await reader.readAll(log);
    const opened: Record<string, string[]> = {};
    for (const { type, site: where, list = "", threadKey, evidence, severity, reasons } of reader.alerts) {
      if (type !== "storm.opened") continue;
      const words = `${threadKey} at ${evidence.replyAlls}, ${severity}: ${reasons.join(", ")}`;
      (opened[`${where} ${list}`] ??= []).push(words);
    }
    await reader.close();
    return { events, seconds, usage, opened, load };
  } finally {
    await site.close();
    await log.close();
  }
}

/** Two names whose partitions an even share gives to two processes. */
function sitesApart(partitions: number): readonly [string, string] {
  const names = Array.from({ length: 100 }, (_, index) => `site-${index}`);
  const half = (name: string): number => partitionFor(name, partitions) % 2;
  const [first = "", second = ""] = [0, 1].map((wanted) => names.find((name) => half(name) === wanted));
  return [first, second];
}

interface FillOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly site: string;
  readonly events: number;
}

async function fill(log: TopicLog, { topic, partitions, site, events }: FillOptions): Promise<void> {
  const writer = await log.openPlainWriter();
  const partition = partitionFor(site, partitions);
  let records: NewRecord[] = [];
  let lines: string[] = [];
  const close = async (isLast: boolean): Promise<void> => {
    if (lines.length >= LINES_A_RECORD || isLast) {
      records.push({ topic, partition, key: undefined, value: Buffer.from(`${lines.join("\n")}\n`) });
      lines = [];
    }
    if (records.length < RECORDS_A_WRITE && !isLast) return;
    await writer.write(records);
    records = [];
  };
  for (const event of eventsOf(site, events)) {
    lines.push(encodeMailEvent(event));
    await close(false);
  }
  await close(true);
  await writer.close();
}

function lastList(site: string): string {
  return `last@${site}.example`;
}

/** Ordinary mail with a storm now and then, and one at the end. */
function* eventsOf(site: string, events: number): Generator<MailEvent> {
  const startMs = Date.now() - (events / EVENTS_A_SECOND) * 1000;
  const next = (number: number, fields: Partial<MailEvent>): MailEvent => mailOf({ site, number, startMs }, fields);
  for (let number = 0; number < events - STORM_MAILS; number += 1) {
    const place = number % STORM_EVERY;
    if (place < STORM_EVERY - STORM_MAILS) yield next(number, {});
    else {
      const list = `list-${Math.floor(number / STORM_EVERY)}@${site}.example`;
      yield next(number, stormMail(list, place - (STORM_EVERY - STORM_MAILS)));
    }
  }
  for (let turn = 0; turn < STORM_MAILS; turn += 1) yield next(events + turn, stormMail(lastList(site), turn));
}

function stormMail(list: string, turn: number): Partial<MailEvent> {
  const root = `root.${list}`;
  return {
    messageId: turn === 0 ? root : `${turn}.${list}`,
    recipients: STORM_REACH,
    lists: [{ address: list, via: "orig_to" }],
    hints: { references: turn === 0 ? [] : [root], subjectKey: list, replySubject: turn > 0 },
  };
}

function mailOf(
  { site, number, startMs }: { readonly site: string; readonly number: number; readonly startMs: number },
  fields: Partial<MailEvent>,
): MailEvent {
  const queueId = `Q${number}`;
  const at = startMs + (number / EVENTS_A_SECOND) * 1000;
  return {
    eventId: `${site}/${queueId}`,
    revision: 1,
    site,
    host: `mx${number % 4}`,
    queueId,
    hop: `10.0.${(number >> 8) & 255}.${number & 255}`,
    at: Math.floor(at),
    messageId: `${number}.m@${site}.example`,
    login: `p${number % 20_000}@${site}.example`,
    senderDomain: `${site}.example`,
    authenticated: true,
    recipients: 1 + (number % 3),
    lists: [],
    hints: { references: [] },
    headersLogged: true,
    minutes: [],
    ...fields,
  };
}
