// One partition that a member of a group holds.

import { LogError, type TopicPartition } from "../../runtime/topic-log.ts";

export interface Held {
  readonly at: TopicPartition;
  /** Offset of the next record to be taken; undefined until it was placed. */
  next: number | undefined;
  isPaused: boolean;
}

/**
 * What was to be read when a batch could not be unpacked. An answer holds batches of several partitions, and kafkajs does not say of
 * which one it was.
 */
export function stuckAt(held: Iterable<Held>, fault: LogError): LogError {
  const read = [...held].filter(({ next, isPaused }) => next !== undefined && !isPaused);
  const places = read.map(({ at: { topic, partition }, next }) => `${topic}, partition ${partition}, offset ${next}`);
  const message =
    `what is to be read next cannot be unpacked: ${fault.message}. It stands at ${places.join(", or ")}, ` +
    "or some records behind: look at it with kcat, and have it deleted (kafka-delete-records.sh) to go on behind it";
  return new LogError("refused", message, { cause: fault.cause });
}
