// How to reach the brokers, and the times that the groups and writers of one process keep.

import type { ConnectionOptions } from "node:tls";

export interface KafkaSettings {
  /** host:port of some brokers; the others are learned from them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Undefined: no TLS. */
  readonly tls?: Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase"> | undefined;
  readonly sasl?: SaslSettings | undefined;
  /** A member that was not heard of for so long is taken for dead, ms. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** One line for a person; what repeats is said once a minute. */
  readonly say: (line: string) => void;
}

export interface SaslSettings {
  readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
  readonly username: string;
  readonly password: string;
}
