// `kafka:` of the configuration -> where the brokers are, how one gets in, and how our topics are made.

import { z } from "zod";
import { defaultPartitions, defaultRetentions } from "../../shared/domain/topic-plan.ts";
import { isTopicName, TOPIC_CHARS_MAX, topicNames } from "../../shared/domain/topics.ts";
import { formatDuration } from "../../shared/runtime/durations.ts";
import { duration, whole } from "./config-values.ts";
import { saslConfig, securityProtocol, SECURITY_RULES, sslConfig } from "./kafka-security-config.ts";
import { between } from "./receiver-config.ts";
import type { ReadSecret } from "./secret-config.ts";
import { secretUnread } from "./secret-config.ts";
import type { KafkaCommand, KafkaSettings, SaslSettings, ServiceRole, TlsSettings } from "./service-settings.ts";
import { defaultKafkaSettings, heartbeatMsOf } from "./service-settings.ts";

const defaults = defaultKafkaSettings;
const PORT_MAX = 65_535;

// kafkajs takes a broker apart at its colon, so an IPv6 address has to be given as a name.
const broker = z.string().refine(isBroker, {
  error: "is no broker: write host:port, such as kafka1.example.org:9092; an IPv6 address needs a name",
});

function isBroker(text: string): boolean {
  const [, port] = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,253}[\p{L}\p{N}])?:(\d{1,5})$/u.exec(text) ?? [];
  return port !== undefined && Number(port) > 0 && Number(port) <= PORT_MAX;
}

const topicName = z.string().refine(isTopicName, {
  error: `can be no name of a topic: up to ${TOPIC_CHARS_MAX} letters, digits, dots, dashes and underscores`,
});

/** More processes than that share no topic. */
const partitionCount = whole(1, 1000);
const retention = (ofMs: number) => duration("1h", "365d").prefault(formatDuration(ofMs));

const partitionsConfig = z
  .strictObject({
    mailLogs: partitionCount.default(defaultPartitions["mail-logs"]),
    mailFragments: partitionCount.default(defaultPartitions["mail-fragments"]),
    mailEvents: partitionCount.default(defaultPartitions["mail-events"]),
    threadWindows: partitionCount.default(defaultPartitions["thread-windows"]),
  })
  .prefault({});

const retentionConfig = z
  .strictObject({
    mailLogs: retention(defaultRetentions["mail-logs"]),
    mailFragments: retention(defaultRetentions["mail-fragments"]),
    mailEvents: retention(defaultRetentions["mail-events"]),
    threadWindows: retention(defaultRetentions["thread-windows"]),
    stormAlerts: retention(defaultRetentions["storm-alerts"]),
    deadLetters: retention(defaultRetentions["dead-letters"]),
  })
  .prefault({});

export function kafkaConfig(read: ReadSecret) {
  const fields = z.strictObject({
    brokers: z
      .array(broker)
      .min(1)
      .max(100)
      .exactOptional()
      .describe("Brokers to begin with, host:port each. SQUALL_KAFKA_BROKERS, separated by commas."),
    topicPrefix: topicName
      .default(defaults.topicPrefix)
      .describe("Our topics are called <prefix>.mail-logs and so on. SQUALL_KAFKA_TOPIC_PREFIX."),
    mailLogsTopic: topicName
      .exactOptional()
      .describe("Raw topic that ingest reads, where it is not <prefix>.mail-logs: a second site's."),
    clientId: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,100}$/u, { error: "must be up to 100 letters, digits, dots, dashes and underscores" })
      .exactOptional()
      .describe("Name for the brokers' logs and quotas. Default: squall- and the service."),
    securityProtocol,
    sasl: saslConfig(read)
      .exactOptional()
      .describe("How squall logs in. SQUALL_KAFKA_SASL_USERNAME, SQUALL_KAFKA_SASL_PASSWORD_FILE."),
    ssl: sslConfig(read).exactOptional().describe("Certificates, as paths of PEM files. Without them: those of Node."),
    sessionTimeout: duration("6s", "5m")
      .prefault(formatDuration(defaults.sessionTimeoutMs))
      .describe("A process that was not heard of for so long has died: another takes over."),
    partitions: partitionsConfig.describe("For squall topics --create. A topic that is there keeps the count it has."),
    replication: whole(1, 7)
      .default(defaults.replication)
      .describe("For squall topics --create: brokers that have each topic. 1 where there is one broker."),
    retention: retentionConfig.describe("For squall topics: how long records are kept, read or not."),
  });
  return SECURITY_RULES.reduce((schema, { holds, ...rule }) => {
    const [judge, when] = between(holds);
    return schema.refine(judge, { ...rule, ...when });
  }, fields).prefault({});
}

export type KafkaFields = z.output<ReturnType<typeof kafkaConfig>>;

/** Of a service: its schema has seen to it that there are brokers. */
export function kafkaSettings(fields: KafkaFields, role: ServiceRole | KafkaCommand): KafkaSettings {
  const { brokers = [], topicPrefix, mailLogsTopic, sessionTimeout, partitions, retention: kept, replication } = fields;
  return {
    brokers,
    clientId: fields.clientId ?? `squall-${role}`,
    securityProtocol: fields.securityProtocol,
    tls: tlsOf(fields),
    sasl: saslOf(fields),
    sessionTimeoutMs: sessionTimeout,
    heartbeatMs: heartbeatMsOf(sessionTimeout),
    topicPrefix,
    topics: topicNames(topicPrefix, mailLogsTopic),
    replication,
    partitions: {
      "mail-logs": partitions.mailLogs,
      "mail-fragments": partitions.mailFragments,
      "mail-events": partitions.mailEvents,
      "thread-windows": partitions.threadWindows,
      "storm-alerts": defaultPartitions["storm-alerts"],
    },
    retentions: {
      "mail-logs": kept.mailLogs,
      "mail-fragments": kept.mailFragments,
      "mail-events": kept.mailEvents,
      "thread-windows": kept.threadWindows,
      "storm-alerts": kept.stormAlerts,
      "dead-letters": kept.deadLetters,
    },
  };
}

function tlsOf({ securityProtocol: protocol, ssl = {} }: KafkaFields): TlsSettings | undefined {
  if (protocol === "plaintext" || protocol === "sasl_plaintext") return undefined;
  const { ca, certificate, key, keyPassphrase, keyPassphraseFile } = ssl;
  return { ca, certificate, key, keyPassphrase: keyPassphrase ?? keyPassphraseFile };
}

function saslOf({ sasl }: KafkaFields): SaslSettings | undefined {
  if (sasl?.mechanism === undefined || sasl.username === undefined) return undefined;
  return {
    mechanism: sasl.mechanism,
    username: sasl.username,
    password: sasl.password ?? sasl.passwordFile ?? secretUnread,
  };
}
