// What is wrong with a partition that no other try mends, and how it is mended.

import { StateLogError } from "../state-log.ts";
import type { TopicPartition } from "../topic-log.ts";

export function partitionsChanged(topic: string, before: number, now: number): StateLogError {
  return new StateLogError(
    "misuse",
    `${topic} has ${now} partitions and had ${before} when the state was written: what belongs together would be read apart. ` +
      `Stop all services, let them read everything first, then delete the state topics and ${topic} and create them anew ` +
      "(squall topics --create), or go on with another topic prefix",
  );
}

export function madeAnew({ topic, partition }: TopicPartition, read: number, end: number): StateLogError {
  return new StateLogError(
    "misuse",
    `${topic}, partition ${partition} ends at ${end} and was read up to ${read}: it is not the topic that was read before. ` +
      "Delete the state topics that belong to it and create them anew (squall topics --create)",
  );
}
