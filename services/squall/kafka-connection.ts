// KafkaSettings of the configuration -> those of the client: the one place where the secrets of Kafka are taken out of their wrapping.

import type { KafkaSettings as ClientSettings } from "../../shared/adapters/kafka/kafka-settings.ts";
import type { KafkaSettings, SaslMechanism, SaslSettings, TlsSettings } from "./service-settings.ts";

const MECHANISMS = {
  PLAIN: "plain",
  "SCRAM-SHA-256": "scram-sha-256",
  "SCRAM-SHA-512": "scram-sha-512",
} as const satisfies Record<SaslMechanism, string>;

/** `say`: as the client has it. */
export function kafkaConnection(kafka: KafkaSettings, say: (line: string) => void): ClientSettings {
  const { brokers, clientId, sessionTimeoutMs, heartbeatMs, tls, sasl } = kafka;
  return {
    brokers,
    clientId,
    sessionTimeoutMs,
    heartbeatMs,
    say,
    tls: tls === undefined ? undefined : tlsOf(tls),
    sasl: sasl === undefined ? undefined : saslOf(sasl),
  };
}

function tlsOf({ ca, certificate, key, keyPassphrase }: TlsSettings): NonNullable<ClientSettings["tls"]> {
  return { ca, cert: certificate, key: key?.reveal(), passphrase: keyPassphrase?.reveal() };
}

function saslOf({ mechanism, username, password }: SaslSettings): NonNullable<ClientSettings["sasl"]> {
  return { mechanism: MECHANISMS[mechanism], username, password: password.reveal() };
}
