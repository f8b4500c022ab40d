// A site of services on a real Kafka: topics under a prefix of its own, processes that may be killed and started again, a web hook.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultPartitions, topicPlan } from "../../../shared/domain/topic-plan.ts";
import type { Stage } from "../../../shared/domain/topics.ts";
import type { RealKafka } from "../real-kafka.ts";
import { RealProcess } from "../real-process.ts";
import { type ScriptedReceiver, startReceiver } from "../scripted-receiver.ts";

const SQUALL = fileURLToPath(new URL("../../../services/squall/squall.js", import.meta.url));

/** Twice what a service has to end. */
const END_MS = 20_000;

export interface ServiceSiteOptions {
  readonly prefix: string;
  readonly site: string;
  /** Of every topic but that of alerts. */
  readonly partitions: number;
  /** Copies of each topic. */
  readonly replication?: number;
  /** How many processes of each. */
  readonly processes: Readonly<Partial<Record<Stage, number>>>;
  /** Beside what is needed to reach Kafka. */
  readonly env?: Readonly<Record<string, string>>;
  readonly sessionTimeout?: string;
  /** Raw topic that ingest reads where it is not the prefix': it is there already. */
  readonly mailLogs?: string;
  /** For Node, before the program. */
  readonly nodeOptions?: readonly string[];
  /** The `squall` of another release. */
  readonly program?: string;
}

export interface ServiceProcess {
  readonly role: Stage;
  readonly name: string;
  /** Of this one alone. */
  readonly env: Readonly<Record<string, string>>;
  program: string;
  process: RealProcess;
  /** Characters that its log held when this process of it began. */
  saidBefore: number;
}

export class ServiceSite {
  readonly options: ServiceSiteOptions;
  readonly receiver: ScriptedReceiver;
  readonly services: ServiceProcess[] = [];
  private readonly kafka: RealKafka;
  /** Processes that were added of each role: two of one name would share a log. */
  private readonly added = new Map<Stage, number>();
  private readonly folder = mkdtempSync(join(tmpdir(), "squall-services-"));

  private constructor(kafka: RealKafka, receiver: ScriptedReceiver, options: ServiceSiteOptions) {
    this.kafka = kafka;
    this.receiver = receiver;
    this.options = options;
  }

  /** Makes the topics; starts nothing. */
  static async create(kafka: RealKafka, options: ServiceSiteOptions): Promise<ServiceSite> {
    const { prefix, partitions, replication = 1, mailLogs } = options;
    const counts = { ...defaultPartitions };
    const all = { ...counts, "mail-logs": partitions, "mail-fragments": partitions, "mail-events": partitions };
    const plan = topicPlan({
      prefix,
      ...(mailLogs === undefined ? {} : { mailLogs }),
      replication,
      partitions: { ...all, "thread-windows": partitions },
    });
    const missing = plan.filter(({ topic }) => topic !== mailLogs);
    await kafka.createTopics(
      missing.map(({ topic, partitions: count, settings }) => ({
        topic,
        partitions: count,
        replication,
        settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
      })),
    );
    return new ServiceSite(kafka, await startReceiver(), options);
  }

  startAll(): void {
    for (const [role, count] of Object.entries(this.options.processes)) {
      for (let number = 1; number <= count; number += 1) if (isStage(role)) this.add(role);
    }
  }

  /** One process more; `env`: beside what all have. */
  add(role: Stage, env: Readonly<Record<string, string>> = {}): ServiceProcess {
    const number = (this.added.get(role) ?? 0) + 1;
    this.added.set(role, number);
    const name = `${role}-${number}`;
    const { program = SQUALL } = this.options;
    const service = { role, name, env, program, process: this.spawn({ role, name, env, program }), saidBefore: 0 };
    this.services.push(service);
    return service;
  }

  /** kill -9, and a new process in its place at once. */
  async killAndRestart(service: ServiceProcess): Promise<void> {
    await service.process.kill();
    this.start(service);
  }

  /** A new process in the place of one that has ended. */
  start(service: ServiceProcess): void {
    service.saidBefore = service.process.log().length;
    service.process = this.spawn(service);
  }

  /** SIGTERM, and one of another release in its place; without a name today's. */
  async replace(service: ServiceProcess, program = SQUALL): Promise<void> {
    service.program = program;
    await this.endAndRestart(service);
  }

  /** SIGTERM to all; resolves when they have ended. */
  async endAll(): Promise<void> {
    await Promise.all(
      this.services.map(({ process: one }) => {
        one.signal("SIGTERM");
        return one.ended();
      }),
    );
  }

  /** SIGTERM; resolves with how long the end took, ms. */
  async endAndRestart(service: ServiceProcess): Promise<number> {
    const startedMs = performance.now();
    service.process.signal("SIGTERM");
    const isLate = setTimeout(() => void service.process.kill(), END_MS);
    await service.process.ended();
    clearTimeout(isLate);
    if (performance.now() - startedMs >= END_MS) throw new Error(`${service.name} did not end: ${this.log(service)}`);
    const tookMs = performance.now() - startedMs;
    this.start(service);
    return tookMs;
  }

  /** What a service said so far, over all its processes. */
  log(service: ServiceProcess): string {
    return service.process.log();
  }

  async close(): Promise<void> {
    await Promise.all(this.services.map(({ process: one }) => one.kill()));
    await this.receiver.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Of all processes of a role. */
  environment(role: Stage): Readonly<Record<string, string>> {
    const { prefix, site, env = {}, sessionTimeout = "6s", mailLogs } = this.options;
    return {
      PATH: process.env["PATH"] ?? "",
      SQUALL_KAFKA_BROKERS: this.kafka.brokers.join(","),
      SQUALL_KAFKA_TOPIC_PREFIX: prefix,
      SQUALL_KAFKA_SESSION_TIMEOUT: sessionTimeout,
      SQUALL_SITE: site,
      SQUALL_METRICS_ADDRESS: "off",
      SQUALL_PSEUDONYM_KEY: "a key of tests that is long enough for it",
      ...(mailLogs === undefined ? {} : { SQUALL_KAFKA_MAIL_LOGS_TOPIC: mailLogs }),
      ...(role === "alerter" ? { SQUALL_WEBHOOK_URL: `${this.receiver.origin}/storms` } : {}),
      ...env,
    };
  }

  private spawn({ role, name, env, program }: Omit<ServiceProcess, "process" | "saidBefore">): RealProcess {
    const { nodeOptions = [] } = this.options;
    return new RealProcess({
      program: process.execPath,
      args: [...nodeOptions, program, role],
      logFile: join(this.folder, `${name}.log`),
      env: { ...this.environment(role), ...env },
    });
  }
}

function isStage(role: string): role is Stage {
  return ["ingest", "assembler", "detector", "recorder", "alerter"].includes(role);
}
