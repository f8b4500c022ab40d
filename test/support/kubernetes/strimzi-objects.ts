// Topics and users of Strimzi -> what its operators would make of them on a Kafka.

import { z } from "zod";
import type { Right } from "../real-kafka-rights.ts";
import { type KubeObject, ofKind } from "./kube-objects.ts";

const kafkaTopic = z.looseObject({
  spec: z.object({
    topicName: z.string(),
    partitions: z.number(),
    replicas: z.number(),
    config: z.record(z.string(), z.string()),
  }),
});
export type StrimziTopic = z.infer<typeof kafkaTopic>["spec"];

export function strimziTopics(objects: readonly KubeObject[]): StrimziTopic[] {
  return ofKind(objects, "KafkaTopic").map((object) => kafkaTopic.parse(object).spec);
}

const RESOURCES = { topic: "topic", group: "group", transactionalId: "transactional-id" } as const;
const OPERATIONS = {
  Read: "read",
  Write: "write",
  Describe: "describe",
  DescribeConfigs: "describe-configs",
} as const;

const kafkaUser = z.looseObject({
  spec: z.object({
    authentication: z.object({ type: z.string() }),
    authorization: z.object({
      type: z.literal("simple"),
      acls: z.array(
        z.strictObject({
          resource: z.strictObject({
            type: z.enum(["topic", "group", "transactionalId"]),
            name: z.string(),
            patternType: z.enum(["literal", "prefix"]),
          }),
          operations: z.array(z.enum(["Read", "Write", "Describe", "DescribeConfigs"])),
        }),
      ),
    }),
  }),
});

/** Throws where a user has a right that a service never needs. */
export function strimziRights(user: KubeObject): Right[] {
  return kafkaUser.parse(user).spec.authorization.acls.map(({ resource: { type, name, patternType }, operations }) => ({
    on: RESOURCES[type],
    name: patternType === "prefix" ? `${name}*` : name,
    to: operations.map((one) => OPERATIONS[one]),
  }));
}
