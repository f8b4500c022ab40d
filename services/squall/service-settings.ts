// What the services on Kafka run by, beside what every command does.

import type { PartitionCounts, Retentions } from "../../shared/domain/topic-plan.ts";
import type { Secret } from "../../shared/domain/secret.ts";
import type { Stage, TopicNames } from "../../shared/domain/topics.ts";
import { STAGES } from "../../shared/domain/topics.ts";
import type { ListenAddress } from "../../shared/runtime/listen-address.ts";
import type { ConsoleSettings } from "./console-config.ts";
import type { SquallConfig } from "./squall-defaults.ts";
import type { StandaloneConfig } from "./standalone/standalone-settings.ts";

/** As the Java client calls them, there in capitals. */
export const SECURITY_PROTOCOLS = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"] as const;
export type SecurityProtocol = (typeof SECURITY_PROTOCOLS)[number];

export const SASL_MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** Texts of PEM files. Undefined certificates: those of Node are trusted, and none is shown. */
export interface TlsSettings {
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: Secret | undefined;
  readonly keyPassphrase: Secret | undefined;
}

export interface SaslSettings {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: Secret;
}

export interface KafkaSettings {
  /** `host:port` each; at least one. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly securityProtocol: SecurityProtocol;
  /** Undefined: without TLS. */
  readonly tls: TlsSettings | undefined;
  /** Undefined: nobody logs in. */
  readonly sasl: SaslSettings | undefined;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly topicPrefix: string;
  readonly topics: TopicNames;
  /** For making topics only. */
  readonly partitions: PartitionCounts;
  readonly replication: number;
  readonly retentions: Retentions;
}

export const defaultKafkaSettings = {
  topicPrefix: "squall",
  securityProtocol: "plaintext",
  sessionTimeoutMs: 10_000,
  replication: 3,
} as const;

/** Who takes over hears of it in the answer to a heartbeat: the time between two adds to the session timeout. */
export function heartbeatMsOf(sessionTimeoutMs: number): number {
  return Math.min(Math.floor(sessionTimeoutMs / 40), 3_000);
}

export interface InfluxSettings {
  /** http or https, without a slash at its end. */
  readonly url: string;
  /** Of InfluxDB 1.8: `name:password`. Undefined: the server asks for none. */
  readonly token: Secret | undefined;
  /** "" with InfluxDB 1.8, which has none. */
  readonly org: string;
  /** Of InfluxDB 1.8: `database/retention-policy`. */
  readonly bucket: string;
  /** Text of a PEM file. */
  readonly ca: string | undefined;
  /** Of one write. */
  readonly timeoutMs: number;
}

export const defaultInfluxSettings = { timeoutMs: 10_000 } as const;

export interface PeopleSettings {
  /** Undefined: people stand in clear. */
  readonly pseudonymKey: Secret | undefined;
  readonly allowSubject: boolean;
}

export const defaultFlushEveryMs = 100;

/** What a process runs by is what its stage is called. */
export type ServiceRole = Stage;

/** What can be set up for Kafka and looked at before it runs: the services, and the live page. */
export const READERS = [...STAGES, "console"] as const;
export type KafkaReader = (typeof READERS)[number];

/** Commands that are no service and speak with Kafka; part of their client ids. */
export type KafkaCommand = "topics" | "simulate" | "silence" | "console";

/** Of what a role has no use for there is nothing here: its secrets are not even read. */
export interface ServiceConfig
  extends SquallConfig, Pick<StandaloneConfig, "webhooks" | "onAlert" | "heartbeat" | "metrics"> {
  readonly role: ServiceRole;
  readonly kafka: KafkaSettings;
  /** While there is something to say; an alert is said at once. */
  readonly flushEveryMs: number;
  /** Of the assembler. */
  readonly people: PeopleSettings | undefined;
  /** Of the recorder, which always has it. */
  readonly influx: InfluxSettings | undefined;
}

/** What `squall console` runs by. */
export interface ConsoleServiceConfig {
  readonly kafka: KafkaSettings;
  readonly timezone: string;
  /** Of the detectors. */
  readonly allowedLatenessMs: number;
  readonly metrics: StandaloneConfig["metrics"];
  readonly console: { readonly address: ListenAddress; readonly token: ConsoleSettings["token"] };
}
