// Our partitioned log on a real Kafka, for tests.

import { createKafkaTopicLog } from "../../shared/adapters/kafka/kafka-topic-log.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import type { RealKafka } from "./real-kafka.ts";

/** A process' connection, without TLS and login. */
export function logOn(
  { brokers }: Pick<RealKafka, "brokers">,
  say: (line: string) => void = () => undefined,
): TopicLog {
  return createKafkaTopicLog({ brokers, clientId: "test", sessionTimeoutMs: 6_000, heartbeatMs: 500, say });
}
