// The nodes of a real Kafka cluster in a folder: configured, started, killed, and asked through kafkajs.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { Kafka, logLevel, type Admin, type KafkaConfig, type SASLOptions } from "kafkajs";

import { freePorts } from "./free-port.ts";
import { pollUntil } from "./poll.ts";
import { makeCertificates } from "./real-certificates.ts";
import {
  MODEST_JAVA,
  scramArguments,
  serverProperties,
  SUPER_USER,
  usersOf,
  type KafkaNode,
  type KafkaPlan,
  type RealKafkaOptions,
} from "./real-kafka-config.ts";
import { RealProcess } from "./real-process.ts";

const WAIT_MS = 60_000;
const CALL_MS = 5000;
const PORTS_OF_A_NODE = 3;

export type LoginMechanism = "plain" | "scram-sha-256" | "scram-sha-512";

export interface TopicPlan {
  readonly topic: string;
  /** Default 1. */
  readonly partitions?: number;
  /** Copies. Default: one on each node. */
  readonly replication?: number;
  /** By Kafka's names: `cleanup.policy`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** The programs that it takes. */
export interface KafkaPrograms {
  readonly java: string;
  /** Folder of Kafka's jars. */
  readonly jars: string;
  readonly openssl: string;
}

export async function planCluster(
  folder: string,
  programs: KafkaPrograms,
  options: RealKafkaOptions,
): Promise<KafkaPlan> {
  const count = options.brokers ?? 1;
  const ports = await freePorts(PORTS_OF_A_NODE * count);
  const nodes = Array.from({ length: count }, (_, index): KafkaNode => {
    const [clientPort = 0, brokerPort = 0, controllerPort = 0] = ports.slice(PORTS_OF_A_NODE * index);
    return { id: index + 1, folder: join(folder, `node-${index + 1}`), clientPort, brokerPort, controllerPort };
  });
  const certificates = options.tls === true ? makeCertificates(programs.openssl, join(folder, "tls")) : undefined;
  return { nodes, options, certificates };
}

export class RealKafkaCluster {
  readonly plan: KafkaPlan;
  readonly brokers: readonly string[];
  readonly #programs: KafkaPrograms;
  readonly #running = new Map<number, RealProcess>();

  constructor(programs: KafkaPrograms, plan: KafkaPlan) {
    this.plan = plan;
    this.brokers = plan.nodes.map(({ clientPort }) => `127.0.0.1:${clientPort}`);
    this.#programs = programs;
  }

  /** Writes each node's configuration and prepares its data folder. */
  async format(): Promise<void> {
    // The name in front keeps the id from beginning with a hyphen, which would make it an option.
    const id = Buffer.concat([Buffer.from("squall"), randomBytes(10)]).toString("base64url");
    await Promise.all(
      this.plan.nodes.map(async (node) => {
        mkdirSync(node.folder, { recursive: true });
        writeFileSync(join(node.folder, "server.properties"), serverProperties(node, this.plan));
        const args = ["format", "--cluster-id", id, "--config", join(node.folder, "server.properties")];
        const tool = this.#java("kafka.tools.StorageTool", [...args, ...scramArguments(this.plan.options)]);
        await promisify(execFile)(this.#programs.java, tool);
      }),
    );
  }

  async start(): Promise<void> {
    for (const index of this.plan.nodes.keys()) this.#spawn(index);
    for (const index of this.plan.nodes.keys()) await this.#waitUntilAnswers(index, this.plan.nodes.length);
  }

  async startAgain(index: number): Promise<void> {
    if (!this.process(index).hasEnded()) throw new Error(`node ${index} runs`);
    this.#spawn(index);
    await this.#waitUntilAnswers(index, 1);
  }

  process(index: number): RealProcess {
    const running = this.#running.get(index);
    if (running === undefined) throw new Error(`there is no node ${index}`);
    return running;
  }

  async kill(): Promise<void> {
    await Promise.all([...this.#running.values()].map((running) => running.kill()));
  }

  client(user: string = SUPER_USER.name, mechanism: LoginMechanism = "scram-sha-512"): KafkaConfig {
    const { certificates, options } = this.plan;
    const password = usersOf(options).get(user);
    if (options.users !== undefined && password === undefined) throw new Error(`no user ${user}`);
    return {
      brokers: [...this.brokers],
      logLevel: logLevel.NOTHING,
      ...(certificates === undefined ? {} : { ssl: { ca: [certificates.ca] } }),
      ...(password === undefined ? {} : { sasl: loginBy(mechanism, { username: user, password }) }),
    };
  }

  async withAdmin<T>(brokers: readonly string[], use: (admin: Admin) => Promise<T>): Promise<T> {
    const kafka = new Kafka({
      ...this.client(),
      brokers: [...brokers],
      requestTimeout: CALL_MS,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }

  async createTopics(topics: readonly TopicPlan[]): Promise<void> {
    const wanted = topics.map(({ topic, partitions = 1, replication = this.plan.nodes.length, settings = {} }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: replication,
      configEntries: Object.entries(settings).map(([name, value]) => ({ name, value: String(value) })),
    }));
    await this.withAdmin(this.brokers, async (admin) => {
      const made = await admin.createTopics({ topics: wanted, waitForLeaders: false });
      if (!made) throw new Error(`one of ${topics.map(({ topic }) => topic).join(", ")} was there`);
      // Its own wait for leaders gives up where a busy broker has not yet heard of a topic.
      await pollUntil(() => doLead(admin, wanted), { deadlineMs: WAIT_MS, what: "leaders of new topics" });
    });
  }

  #java(main: string, args: readonly string[]): string[] {
    const quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";
    const java = this.plan.options.javaOptions ?? MODEST_JAVA;
    return [...java, quiet, "-cp", join(this.#programs.jars, "*"), main, ...args];
  }

  #spawn(index: number): void {
    const folder = this.plan.nodes[index]?.folder ?? "";
    const args = this.#java("kafka.Kafka", [join(folder, "server.properties")]);
    this.#running.set(
      index,
      new RealProcess({ program: this.#programs.java, args, logFile: join(folder, "kafka.log") }),
    );
  }

  /** Until the node itself says that it and, with it, `count` nodes are in the cluster. */
  async #waitUntilAnswers(index: number, count: number): Promise<void> {
    const id = this.plan.nodes[index]?.id;
    const address = this.brokers[index] ?? "";
    const answers = async (): Promise<boolean> => {
      this.process(index).expectRunning();
      try {
        const { brokers } = await this.withAdmin([address], (admin) => admin.describeCluster());
        return brokers.length >= count && brokers.some(({ nodeId }) => nodeId === id);
      } catch {
        return false;
      }
    };
    await pollUntil(answers, { deadlineMs: WAIT_MS, what: `Kafka node ${index} to answer at ${address}` });
  }
}

/** Leaders answer for every partition: a busy broker is told to lead some time after others hear that it does. */
async function doLead(admin: Admin, topics: readonly { readonly topic: string }[]): Promise<boolean> {
  try {
    for (const { topic } of topics) await admin.fetchTopicOffsets(topic);
    return true;
  } catch {
    return false;
  }
}

// One branch a mechanism: kafkajs' types know no union of them.
function loginBy(mechanism: LoginMechanism, login: { username: string; password: string }): SASLOptions {
  if (mechanism === "plain") return { mechanism, ...login };
  return mechanism === "scram-sha-256" ? { mechanism, ...login } : { mechanism, ...login };
}
