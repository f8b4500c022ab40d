// How many partitions the topics have that a service reads and writes; all that are missing are told at once.

import { deadLetterTopic, STAGE_TOPICS, stateTopic, type TopicKind } from "../../../shared/domain/topics.ts";
import { LogError, type TopicLog } from "../../../shared/runtime/topic-log.ts";
import type { ServiceConfig } from "../service-settings.ts";

/** By kind. Rejects with LogError. */
export async function topicCounts(
  { role, kafka: { topics } }: ServiceConfig,
  log: Pick<TopicLog, "partitionsOf">,
): Promise<ReadonlyMap<TopicKind, number>> {
  const { inputs, outputs, keepsState } = STAGE_TOPICS[role];
  const counts = new Map<TopicKind, number>();
  const missing: string[] = [];
  const count = async (topic: string): Promise<number> => {
    const partitions = await log.partitionsOf(topic);
    if (partitions === undefined) missing.push(topic);
    return partitions ?? 0;
  };
  for (const kind of [...inputs, ...outputs]) counts.set(kind, await count(topics[kind]));
  for (const kind of inputs) {
    const letters = await count(deadLetterTopic(topics[kind]));
    // That it has as many as its input is judged where the state is read.
    if (keepsState) await count(stateTopic(topics[kind], role));
    const input = counts.get(kind) ?? 0;
    if (letters > 0 && letters < input) throw tooFew(deadLetterTopic(topics[kind]), letters, input);
  }
  if (missing.length === 0) return counts;
  throw new LogError("refused", `no such topic: ${missing.join(", ")}. squall topics --create makes them`);
}

function tooFew(topic: string, is: number, input: number): LogError {
  return new LogError("refused", `${topic} has ${is} partitions and its input ${input}: set it to as many at least`);
}
