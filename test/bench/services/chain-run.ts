// A backlog of lines through ingest, assembler, detector and alerter, from the moment ingest has its partitions until the windows of
// the log's last minute are final and its storms are told: all is read, flushed and heard by then.

import { randomUUID } from "node:crypto";
import { deadLetterTopic, type Stage, stateTopic } from "../../../shared/domain/topics.ts";
import { logOn } from "../../support/kafka-logs.ts";
import { pollUntil } from "../../support/poll.ts";
import type { RealKafka } from "../../support/real-kafka.ts";
import { ServiceSite, type ServiceProcess } from "../../support/services/service-site.ts";
import { outcomeOf, SiteReader } from "../../support/services/site-outcome.ts";
import type { Backlog } from "./backlog.ts";
import { loadAverage, peakResidentMiB, processorSeconds } from "../process-usage.ts";

const DEADLINE_MS = 600_000;
const SITE = "bench";

export interface ProcessUsage {
  readonly name: string;
  readonly processorSeconds: number;
  readonly peakMiB: number;
}

export interface ChainRun {
  readonly lines: number;
  readonly seconds: number;
  readonly usage: readonly ProcessUsage[];
  /** By list, as `outcomeOf` tells them. */
  readonly storms: ReturnType<typeof outcomeOf>["storms"];
  readonly deadLetters: number;
  readonly load: string;
}

export interface ChainOptions {
  readonly backlog: Backlog;
  readonly processes: Readonly<Partial<Record<Stage, number>>>;
  /** As `services.flushEvery`. */
  readonly flushEvery: string;
  /** Where every process leaves a profile of its processor time. */
  readonly profileTo?: string | undefined;
}

export async function runChain(kafka: RealKafka, options: ChainOptions): Promise<ChainRun> {
  const { backlog, processes, flushEvery, profileTo } = options;
  const { topic, partitions } = backlog;
  const prefix = `c${randomUUID().slice(0, 8)}`;
  await forget(kafka, topic);
  const site = await ServiceSite.create(kafka, {
    prefix,
    site: SITE,
    partitions,
    processes,
    mailLogs: topic,
    sessionTimeout: "10s",
    env: { SQUALL_SERVICES_FLUSH_EVERY: flushEvery },
    ...(profileTo === undefined ? {} : { nodeOptions: ["--cpu-prof", `--cpu-prof-dir=${profileTo}`] }),
  });
  const log = logOn(kafka);
  try {
    const reader = await SiteReader.open(log, prefix);
    for (const stage of ["alerter", "detector", "assembler"] as const) addAll(site, stage);
    await pollUntil(() => site.services.every((one) => hasTaken(site, one)), waiting("the services to be ready"));
    const ingests = addAll(site, "ingest");
    await pollUntil(() => ingests.some((one) => hasTaken(site, one)), waiting("ingest to have its partitions"));
    const before = [kafka.process().pid, ...site.services.map(({ process: one }) => one.pid)].map(processorSeconds);
    const startedMs = performance.now();
    const isEnd = (): boolean => reader.finalUntilMs >= backlog.endMs;
    await pollUntil(isEnd, waiting(`windows up to ${new Date(backlog.endMs).toISOString()}`));
    const seconds = (performance.now() - startedMs) / 1000;
    const usage = usageOf(kafka, site, before);
    const load = loadAverage();
    await reader.readAll(log);
    const { storms, contradictions } = outcomeOf(reader);
    if (contradictions.length > 0) throw new Error(`told twice, differently: ${contradictions.join(", ")}`);
    const letters = await log.endsOf(deadLetterTopic(topic));
    await reader.close();
    await site.endAll();
    return {
      lines: backlog.lines,
      seconds,
      usage,
      storms,
      deadLetters: letters.reduce((sum, { end }) => sum + end, 0),
      load,
    };
  } catch (error) {
    for (const service of site.services) process.stderr.write(`${service.name}:\n${site.log(service).slice(-2000)}\n`);
    throw error;
  } finally {
    await site.close();
    await log.close();
  }
}

/** What an earlier run knows of the raw topic: the next begins at its first line. */
async function forget(kafka: RealKafka, topic: string): Promise<void> {
  const own = [stateTopic(topic, "ingest"), deadLetterTopic(topic)];
  await kafka.withAdmin(async (admin) => {
    const known = await admin.listTopics();
    const topics = own.filter((one) => known.includes(one));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  });
}

function addAll(site: ServiceSite, stage: Stage): ServiceProcess[] {
  return Array.from({ length: site.options.processes[stage] ?? 0 }, () => site.add(stage));
}

function hasTaken(site: ServiceSite, service: ServiceProcess): boolean {
  service.process.expectRunning();
  return site.log(service).includes("taken over");
}

function usageOf(kafka: RealKafka, site: ServiceSite, before: readonly number[]): ProcessUsage[] {
  const all = [
    { name: "broker", pid: kafka.process().pid },
    ...site.services.map(({ name, process: one }) => ({ name, pid: one.pid })),
  ];
  return all.map(({ name, pid }, index) => ({
    name,
    processorSeconds: processorSeconds(pid) - (before[index] ?? 0),
    peakMiB: peakResidentMiB(pid),
  }));
}

function waiting(what: string): { readonly deadlineMs: number; readonly what: string } {
  return { deadlineMs: DEADLINE_MS, what };
}
