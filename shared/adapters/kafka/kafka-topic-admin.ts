// Topics of Apache Kafka, looked at and made by kafkajs.

import { setTimeout } from "node:timers/promises";
import type { Admin } from "kafkajs";
import kafkajs from "kafkajs";
import type { NewTopic, TopicAdmin, TopicState } from "../../runtime/topic-admin.ts";
import { KafkaAdmin } from "./kafka-admin.ts";
import { createKafkaClient } from "./kafka-client.ts";
import { isPassing, isUnknownTopic, logErrorOf } from "./kafka-error.ts";
import type { KafkaSettings } from "./kafka-settings.ts";

/** All brokers must have heard of a new topic by then. */
const CREATE_MS = 15_000;
/** A broker hears of a new topic, and of who leads it, a moment after it is made. */
const LOOK_AGAIN_MS = 100;
const LOOK_TRIES = 100;

/** Connects to nothing yet. */
export function createKafkaTopicAdmin(settings: KafkaSettings): TopicAdmin {
  const admin = new KafkaAdmin(createKafkaClient(settings));
  return {
    describe: (topic, names) => admin.ask((asked) => described(asked, topic, names)),
    create: (topic) => admin.ask((asked) => created(asked, topic)),
    close: () => admin.close(),
  };
}

async function created(admin: Admin, { topic, partitions, replication, settings }: NewTopic): Promise<boolean> {
  const configEntries = settings.map(({ name, value }) => ({ name, value }));
  const isNew = await admin.createTopics({
    timeout: CREATE_MS,
    // kafkajs would ask once only, and fail where the broker that it asks has not heard of the topic yet.
    waitForLeaders: false,
    topics: [{ topic, numPartitions: partitions, replicationFactor: replication, configEntries }],
  });
  if (isNew) await untilLed(admin, topic);
  return isNew;
}

/** However long it takes, the topic is made. */
async function untilLed(admin: Admin, topic: string): Promise<void> {
  for (let tries = 0; tries < LOOK_TRIES && !(await isLed(admin, topic)); tries += 1) await setTimeout(LOOK_AGAIN_MS);
}

/** May it be written to and read already? */
async function isLed(admin: Admin, topic: string): Promise<boolean> {
  try {
    await admin.fetchTopicMetadata({ topics: [topic] });
    return true;
  } catch (error) {
    // Anything else shows when the topic is used.
    return !isUnknownTopic(error) && !isPassing(error);
  }
}

async function described(admin: Admin, topic: string, names: readonly string[]): Promise<TopicState | undefined> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = topics[0]?.partitions ?? [];
    const replication = Math.min(...partitions.map(({ replicas }) => replicas.length));
    return { partitions: partitions.length, replication, settings: await settingsOf(admin, topic, names) };
  } catch (error) {
    if (isUnknownTopic(error)) return undefined;
    throw error;
  }
}

/** It takes a right of its own to see them. */
async function settingsOf(
  admin: Admin,
  topic: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const { resources } = await admin.describeConfigs({
      // Node sees no names of these types in the package's CommonJS.
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: [...names] }],
      includeSynonyms: false,
    });
    return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
  } catch (error) {
    if (logErrorOf(error, "unreachable").fault === "refused") return undefined;
    throw error;
  }
}
