import { MemoryBroker } from "../support/memory-log/memory-broker.ts";
import { MemoryTopicLog } from "../support/memory-log/memory-topic-log.ts";
import { describeTopicLog } from "./topic-log-contract.ts";
import { type TopicLogPlace, TopicReader } from "./topic-reader.ts";

function memoryPlace(): TopicLogPlace {
  const broker = new MemoryBroker();
  return {
    open: () => new MemoryTopicLog(broker),
    createTopic: (topic, partitions) => Promise.resolve(broker.createTopic(topic, partitions)),
    async startMember(topic, group) {
      const log = new MemoryTopicLog(broker);
      const reader = await TopicReader.join(log, topic, group);
      return { values: () => reader.values(0), kill: () => Promise.resolve(log.kill()) };
    },
    headersOf: (at) => Promise.resolve(broker.recordsOf(at).map(({ headers }) => headers)),
    down: () => Promise.resolve(void (broker.isDown = true)),
    up: () => Promise.resolve(void (broker.isDown = false)),
  };
}

describeTopicLog("in memory", memoryPlace);
