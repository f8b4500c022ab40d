// Starts Apache Kafka (KRaft) in a temporary folder on free loopback ports: one node or three that may be killed, frozen and started
// again with their data, with TLS, logins and ACLs where a test asks for them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Admin, KafkaConfig } from "kafkajs";
import { afterAll, type TestContext } from "vitest";

import type { Certificates } from "./real-certificates.ts";
import {
  planCluster,
  RealKafkaCluster,
  type KafkaPrograms,
  type LoginMechanism,
  type TopicPlan,
} from "./real-kafka-cluster.ts";
import type { RealKafkaOptions } from "./real-kafka-config.ts";
import { aclEntries, type Right } from "./real-kafka-rights.ts";
import { realPart } from "./real-part.ts";
import type { RealProcess } from "./real-process.ts";

export interface RealKafka {
  /** `127.0.0.1:port` of each node. */
  readonly brokers: readonly string[];
  /** With `tls`: the authority that clients must trust. */
  readonly certificates: Certificates | undefined;
  /** For a kafkajs client that logs in, with logins, as one of `users`; else, or without a name, as the super user. Logs nothing. */
  readonly client: (user?: string, mechanism?: LoginMechanism) => KafkaConfig;
  /** Runs it with an admin of kafkajs of the super user's. */
  readonly withAdmin: <T>(use: (admin: Admin) => Promise<T>) => Promise<T>;
  /** Resolves when each has a leader; throws when one was there. */
  readonly createTopics: (topics: readonly TopicPlan[]) => Promise<void>;
  /** With `acls`: lets a user do this from now on. */
  readonly allow: (user: string, rights: readonly Right[]) => Promise<void>;
  /** SIGKILL to a node, the first unless said; its data and ports stay. */
  readonly kill: (node?: number) => Promise<void>;
  /** Starts a killed node again and waits until it answers. */
  readonly start: (node?: number) => Promise<void>;
  /** SIGSTOP and SIGCONT. */
  readonly freeze: (node?: number) => void;
  readonly thaw: (node?: number) => void;
  /** Its process, for what the other calls do not do. */
  readonly process: (node?: number) => RealProcess;
  /** Kills all nodes and deletes the folder. */
  readonly stop: () => Promise<void>;
}

/** Where one is missing, the calling test is skipped, or fails when real parts are required. */
export function kafkaPrograms(context: Pick<TestContext, "skip">): KafkaPrograms {
  return { java: realPart("java", context), jars: realPart("kafka", context), openssl: realPart("openssl", context) };
}

/** One cluster for the tests of a file: started by the first that asks, stopped behind the last. A start takes 3 s and more. */
export function sharedRealKafka(options: RealKafkaOptions = {}): (context: TestContext) => Promise<RealKafka> {
  let kafka: Promise<RealKafka> | undefined;
  afterAll(async () => {
    const [started] = await Promise.allSettled([kafka]);
    if (started.status === "fulfilled") await started.value?.stop();
  });
  return (context) => {
    kafka ??= startRealKafka(kafkaPrograms(context), options);
    return kafka;
  };
}

export async function startRealKafka(programs: KafkaPrograms, options: RealKafkaOptions = {}): Promise<RealKafka> {
  const folder = mkdtempSync(join(tmpdir(), "squall-kafka-"));
  const cluster = new RealKafkaCluster(programs, await planCluster(folder, programs, options));
  const stop = async (): Promise<void> => {
    await cluster.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await cluster.format();
    await cluster.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: cluster.brokers,
    certificates: cluster.plan.certificates,
    client: (user, mechanism) => cluster.client(user, mechanism),
    withAdmin: (use) => cluster.withAdmin(cluster.brokers, use),
    async allow(user, rights) {
      await cluster.withAdmin(cluster.brokers, (admin) => admin.createAcls({ acl: aclEntries(user, rights) }));
    },
    createTopics: (topics) => cluster.createTopics(topics),
    kill: (node = 0) => cluster.process(node).kill(),
    start: (node = 0) => cluster.startAgain(node),
    freeze(node = 0) {
      cluster.process(node).signal("SIGSTOP");
    },
    thaw(node = 0) {
      cluster.process(node).signal("SIGCONT");
    },
    process: (node = 0) => cluster.process(node),
    stop,
  };
}
