// What a test wants of a real Kafka cluster -> the server.properties of each of its nodes and the arguments that format its folder.

import type { Certificates } from "./real-certificates.ts";

export interface RealKafkaOptions {
  /** Nodes, each broker and controller. Default 1. */
  readonly brokers?: 1 | 3;
  readonly tls?: boolean;
  /** Names and passwords; with them clients must log in, by PLAIN or SCRAM. SUPER_USER is one besides. */
  readonly users?: Readonly<Record<string, string>>;
  /** Nobody but SUPER_USER may do anything that no ACL allows. Asks for `users`. */
  readonly acls?: boolean;
  /** Lines of server.properties, over ours. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** For the Java machine, in place of MODEST_JAVA. */
  readonly javaOptions?: readonly string[];
}

export interface KafkaNode {
  readonly id: number;
  readonly folder: string;
  readonly clientPort: number;
  readonly brokerPort: number;
  readonly controllerPort: number;
}

export interface KafkaPlan {
  readonly nodes: readonly KafkaNode[];
  readonly options: RealKafkaOptions;
  readonly certificates: Certificates | undefined;
}

export const SUPER_USER = { name: "admin", password: "admin-secret" } as const;

/** Starts soonest and holds least: about 230 MiB a node. */
export const MODEST_JAVA: readonly string[] = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

const SCRAM_MECHANISMS = ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const;

export function usersOf(options: RealKafkaOptions): ReadonlyMap<string, string> {
  if (options.users === undefined) return new Map();
  return new Map([...Object.entries(options.users), [SUPER_USER.name, SUPER_USER.password]]);
}

export function serverProperties(node: KafkaNode, plan: KafkaPlan): string {
  const properties = {
    ...nodeProperties(node, plan),
    ...smallProperties(plan.nodes.length),
    ...tlsProperties(plan.certificates),
    ...loginProperties(usersOf(plan.options)),
    ...aclProperties(plan.options),
    ...plan.options.settings,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** For StorageTool, behind the cluster's id and the configuration. */
export function scramArguments(options: RealKafkaOptions): readonly string[] {
  return [...usersOf(options)].flatMap(([name, password]) =>
    SCRAM_MECHANISMS.flatMap((mechanism) => ["--add-scram", `${mechanism}=[name=${name},password=${password}]`]),
  );
}

// Nodes speak with each other on listeners of their own, in the clear, so that what a test asks of its clients binds only them.
function nodeProperties(node: KafkaNode, plan: KafkaPlan): Record<string, string | number> {
  const { tls = false, users } = plan.options;
  const clientProtocol = `${users === undefined ? "" : "SASL_"}${tls ? "SSL" : "PLAINTEXT"}`;
  const clients = `CLIENT://127.0.0.1:${node.clientPort},BROKER://127.0.0.1:${node.brokerPort}`;
  return {
    "process.roles": "broker,controller",
    "node.id": node.id,
    "controller.quorum.voters": plan.nodes
      .map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`)
      .join(","),
    listeners: `${clients},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    "advertised.listeners": clients,
    "listener.security.protocol.map": `CLIENT:${clientProtocol},BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    "inter.broker.listener.name": "BROKER",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": `${node.folder}/data`,
  };
}

function smallProperties(nodes: number): Record<string, string | number | boolean> {
  return {
    "auto.create.topics.enable": false,
    "default.replication.factor": nodes,
    "offsets.topic.num.partitions": 4,
    "offsets.topic.replication.factor": nodes,
    "transaction.state.log.num.partitions": 4,
    "transaction.state.log.replication.factor": nodes,
    "transaction.state.log.min.isr": nodes === 1 ? 1 : 2,
    "group.initial.rebalance.delay.ms": 0,
    // A node that was killed is taken back only when its old session is over: by default 9 s.
    "broker.session.timeout.ms": 4000,
    "broker.heartbeat.interval.ms": 500,
    // The default takes 128 MiB of each node's memory at its start.
    "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
  };
}

function tlsProperties(certificates: Certificates | undefined): Record<string, string> {
  if (certificates === undefined) return {};
  return {
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": certificates.keyStore,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": certificates.caFile,
  };
}

function loginProperties(users: ReadonlyMap<string, string>): Record<string, string> {
  if (users.size === 0) return {};
  const known = [...users].map(([name, password]) => `user_${name}="${password}"`).join(" ");
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  return {
    "sasl.enabled.mechanisms": ["PLAIN", ...SCRAM_MECHANISMS].join(","),
    "listener.name.client.plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required ${known};`,
    ...Object.fromEntries(
      SCRAM_MECHANISMS.map((mechanism) => [`listener.name.client.${mechanism.toLowerCase()}.sasl.jaas.config`, scram]),
    ),
  };
}

function aclProperties({ acls = false, users }: RealKafkaOptions): Record<string, string> {
  if (!acls) return {};
  if (users === undefined) throw new Error("rights are of users: acls asks for users");
  return {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    // The nodes themselves come without a name, on listeners that no client uses.
    "super.users": `User:${SUPER_USER.name};User:ANONYMOUS`,
  };
}
