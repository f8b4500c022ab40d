// A stage's input and its state must be cut alike: partition for partition.

import { LogError, type TopicLog } from "../topic-log.ts";

/** Partitions of both. Rejects with LogError, which says what to do. */
export async function agreedPartitions(log: TopicLog, inputTopic: string, stateTopic: string): Promise<number> {
  const [input, state] = await Promise.all([log.partitionsOf(inputTopic), log.partitionsOf(stateTopic)]);
  const missing = [input === undefined ? inputTopic : undefined, state === undefined ? stateTopic : undefined].filter(
    (topic) => topic !== undefined,
  );
  if (missing.length > 0) {
    throw new LogError("refused", `no such topic: ${missing.join(", ")}. Create them with squall topics --create`);
  }
  if (input === undefined || input !== state) {
    throw new LogError(
      "refused",
      `${stateTopic} has ${state} partitions and ${inputTopic} ${input}: they must have as many. ` +
        `Stop the services of this topic, delete ${stateTopic} and run squall topics --create, or set its partitions to ${input}`,
    );
  }
  return input;
}
