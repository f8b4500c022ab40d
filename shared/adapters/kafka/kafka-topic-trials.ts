// What may be done with topics of Apache Kafka, tried by kafkajs.

import { setTimeout } from "node:timers/promises";
import { type Kafka, Partitioners, type Producer } from "kafkajs";
import type { LogError } from "../../runtime/topic-log.ts";
import type { TopicTrials, WriteTrial } from "../../runtime/topic-trials.ts";
import { KafkaAdmin } from "./kafka-admin.ts";
import { createKafkaClient } from "./kafka-client.ts";
import { isPassing, isWithoutCoordinator, logErrorOf } from "./kafka-error.ts";
import { readNewest } from "./kafka-newest.ts";
import type { KafkaSettings } from "./kafka-settings.ts";

/** Who dies within a trial holds up the readers of that topic for so long. */
const TRANSACTION_MS = 10_000;
const LOADING_MS = 300;
const LOADING_TRIES = 20;

/** Connects to nothing yet. */
export function createKafkaTopicTrials(settings: KafkaSettings): TopicTrials {
  const admin = new KafkaAdmin(createKafkaClient(settings));
  return {
    brokers: () =>
      admin.ask(async (asked) => {
        const { brokers } = await asked.describeCluster();
        return brokers.map(({ host, port }) => `${host}:${port}`);
      }),
    askGroup: (groupId, topic) => asTrial(settings, (kafka) => askGroup(kafka, groupId, topic)),
    readNewest: async (topic, group) => {
      const [ends, leaders] = await admin.ask(async (asked) => {
        const { topics } = await asked.fetchTopicMetadata({ topics: [topic] });
        const nodes = new Set(topics[0]?.partitions.map(({ leader }) => leader));
        return [await asked.fetchTopicOffsets(topic), nodes.size] as const;
      });
      return asTrial(settings, (kafka) => readNewest(kafka, { topic, group, ends, leaders }));
    },
    writeAndTakeBack: (id, topics) => asTrial(settings, (kafka) => writeAndTakeBack(kafka, id, topics)),
    close: () => admin.close(),
  };
}

/**
 * Runs it with a client of its own. Whoever has no right to a group or an id hears from kafkajs that it has found no coordinator; why
 * stands only in what it says to developers. Rejects with LogError.
 */
async function asTrial<Answer>(settings: KafkaSettings, trial: (kafka: Kafka) => Promise<Answer>): Promise<Answer> {
  let refusal: unknown;
  const kafka = createKafkaClient(settings, ({ log }) => {
    if (log.message === "Tried to find group coordinator") refusal = log["error"];
  });
  try {
    return await trial(kafka);
  } catch (error) {
    throw logErrorOf(isWithoutCoordinator(error) ? (refusal ?? error) : error, "unreachable");
  }
}

/** Rejects with what kafkajs throws. */
async function askGroup(kafka: Kafka, groupId: string, topic: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    for (let tries = 1; ; tries += 1) {
      try {
        await admin.fetchOffsets({ groupId, topics: [topic] });
        return;
      } catch (error) {
        // A broker that has just begun to look after a group reads first what it knows of it.
        if (tries === LOADING_TRIES || !isPassing(error)) throw error;
      }
      await setTimeout(LOADING_MS);
    }
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** Rejects with what kafkajs throws. */
async function writeAndTakeBack(kafka: Kafka, id: string, topics: readonly string[]): Promise<WriteTrial[]> {
  const producer = kafka.producer({
    transactionalId: id,
    transactionTimeout: TRANSACTION_MS,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  try {
    await producer.connect();
    const trials: WriteTrial[] = [];
    for (const topic of topics) trials.push(await tryTopic(producer, topic));
    return trials;
  } finally {
    await producer.disconnect().catch(() => undefined);
  }
}

/** Rejects with what kafkajs throws where there is no transaction to be had. */
async function tryTopic(producer: Producer, topic: string): Promise<WriteTrial> {
  const transaction = await producer.transaction();
  const sentAtMs = Date.now();
  let fault: LogError | undefined;
  let appendedAtMs = -1;
  try {
    // A compacted topic takes nothing without a key.
    const messages = [{ key: "squall/doctor", value: null, partition: 0 }];
    const [answer] = await transaction.send({ topic, messages });
    appendedAtMs = Number(answer?.logAppendTime ?? -1);
  } catch (error) {
    fault = logErrorOf(error, "unreachable");
  }
  const answeredAtMs = Date.now();
  await transaction.abort();
  return { topic, fault, appendedAtMs: appendedAtMs < 0 ? undefined : appendedAtMs, sentAtMs, answeredAtMs };
}
