import { randomUUID } from "node:crypto";
import { kcatOn } from "../support/kcat.ts";
import { startGroupMember } from "../support/killed-member/group-member-process.ts";
import { closersAfterEach } from "../support/closers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { sharedRealKafka } from "../support/real-kafka.ts";
import { topicStatePlace } from "../support/topic-state-place.ts";
import { describeStateLog } from "./state-log-contract.ts";
import { describeTopicLog } from "./topic-log-contract.ts";

const kafkaFor = sharedRealKafka();
const closers = closersAfterEach();

describeTopicLog("Apache Kafka", async (context) => {
  const kafka = await kafkaFor(context);
  let isDown = false;
  return {
    open: () => logOn(kafka),
    createTopic: (topic, partitions) => kafka.createTopics([{ topic, partitions }]),
    async startMember(topic, group) {
      const member = startGroupMember({ brokers: kafka.brokers, topic, group });
      closers.push(() => member.kill());
      return member;
    },
    headersOf: (at) => kcatOn(kafka, context).headers(at),
    async down() {
      isDown = true;
      await kafka.kill();
    },
    async up() {
      if (isDown) await kafka.start();
      isDown = false;
    },
  };
});

describeStateLog(
  "a partition of Apache Kafka",
  async (context) => {
    const kafka = await kafkaFor(context);
    const topic = `state-${randomUUID()}`;
    await kafka.createTopics([{ topic, partitions: 2, settings: { "cleanup.policy": "compact" } }]);
    const connect = () => {
      const log = logOn(kafka);
      closers.push(() => log.close());
      return log;
    };
    return topicStatePlace(connect, { topic, partition: 1 });
  },
  { isEverFull: false },
);
