// Settings -> the kafkajs client that groups, writers and questions of one process are made from.

import { Kafka, type LogEntry, logLevel, type SASLOptions } from "kafkajs";
import { registerCodecs } from "./codecs.ts";
import type { KafkaSettings, SaslSettings } from "./kafka-settings.ts";
import { mendFetches } from "./kafkajs-fetches.ts";
import { leaveOutTimerWarning } from "./kafkajs-warning.ts";

/** A transaction that follows another at once meets its end: the default of 300 ms would be most of a flush. */
const FIRST_RETRY_MS = 15;
const LAST_RETRY_MS = 1_000;
const RETRIES = 8;
const CONNECTION_MS = 5_000;
/** Joining waits as long as the slowest member takes to come back. */
const REQUEST_MS = 30_000;
const SAY_AGAIN_MS = 60_000;

/** `hear`: gets all that kafkajs says, which is much, in place of what a person should hear. */
export function createKafkaClient(settings: KafkaSettings, hear?: (entry: LogEntry) => void): Kafka {
  registerCodecs();
  mendFetches();
  leaveOutTimerWarning();
  const { brokers, clientId, tls, sasl, say } = settings;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
    connectionTimeout: CONNECTION_MS,
    authenticationTimeout: CONNECTION_MS,
    requestTimeout: REQUEST_MS,
    retry: { initialRetryTime: FIRST_RETRY_MS, maxRetryTime: LAST_RETRY_MS, retries: RETRIES },
    logLevel: hear === undefined ? logLevel.ERROR : logLevel.DEBUG,
    logCreator: () => hear ?? onceAMinute(say),
  });
}

function saslOptions({ mechanism, username, password }: SaslSettings): SASLOptions {
  // Written out: the type knows each mechanism by itself.
  if (mechanism === "plain") return { mechanism, username, password };
  if (mechanism === "scram-sha-256") return { mechanism, username, password };
  return { mechanism, username, password };
}

/** Part of what a producer says that goes on at once: a flush behind another meets its end, and is tried again. */
const USUAL = "another concurrent operation on the same transaction";

/** In an outage kafkajs repeats itself many times a second. */
function onceAMinute(say: (line: string) => void): (entry: LogEntry) => void {
  const saidAt = new Map<string, number>();
  return ({ log }) => {
    const { message } = log;
    const error: unknown = log["error"];
    const line = typeof error === "string" && error !== message ? `${message}: ${error}` : message;
    if (line.includes(USUAL)) return;
    const nowMs = performance.now();
    if (nowMs - (saidAt.get(line) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
    for (const [said, atMs] of saidAt) if (nowMs - atMs >= SAY_AGAIN_MS) saidAt.delete(said);
    saidAt.set(line, nowMs);
    say(`kafka: ${line}`);
  };
}
