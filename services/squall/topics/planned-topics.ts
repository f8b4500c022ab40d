// Settings of Kafka -> the topics that are to be there, and what Kafka's own tools need to be told.

import type { PlannedTopic } from "../../../shared/domain/topic-plan.ts";
import { topicPlan } from "../../../shared/domain/topic-plan.ts";
import type { KafkaSettings } from "../service-settings.ts";
import type { ToolContext } from "./kafka-tools.ts";

export function plannedTopics({
  topicPrefix,
  topics,
  replication,
  partitions,
  retentions,
}: KafkaSettings): PlannedTopic[] {
  return topicPlan({ prefix: topicPrefix, mailLogs: topics["mail-logs"], replication, partitions, retentions });
}

export function toolContext({ brokers, securityProtocol }: KafkaSettings): ToolContext {
  return { brokers, isSecured: securityProtocol !== "plaintext" };
}
