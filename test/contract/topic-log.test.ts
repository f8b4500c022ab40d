import { MemoryBroker } from "../support/memory-log/memory-broker.ts";
import { MemoryTopicLog } from "../support/memory-log/memory-topic-log.ts";
import { describeTopicLog } from "./topic-log-contract.ts";
import type { TopicLogPlace } from "./topic-reader.ts";

function memoryPlace(): TopicLogPlace {
  const broker = new MemoryBroker();
  return {
    open: () => new MemoryTopicLog(broker),
    createTopic: (topic, partitions) => Promise.resolve(broker.createTopic(topic, partitions)),
    down: () => Promise.resolve(void (broker.isDown = true)),
    up: () => Promise.resolve(void (broker.isDown = false)),
  };
}

describeTopicLog("in memory", memoryPlace);
