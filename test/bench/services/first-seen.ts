// When texts of a pattern were first appended to topics, by the broker's clock: how long what carries them was on its way.

import type { GroupMember, TopicLog, TopicPartition } from "../../../shared/runtime/topic-log.ts";
import { pollUntil } from "../../support/poll.ts";

const READ_MS = 120_000;

async function beginAt(member: Promise<GroupMember>, at: TopicPartition): Promise<void> {
  (await member).seek(at, 0);
}

/** By topic, by text: ms since the epoch. Reads the topics from their beginning to where they end now. `pattern`: with its flag g. */
export async function firstSeen(
  log: TopicLog,
  topics: readonly string[],
  pattern: RegExp,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const seen = new Map(topics.map((topic) => [topic, new Map<string, number>()]));
  const next = new Map<string, number>();
  const joined = Promise.withResolvers<GroupMember>();
  const member = await log.join({
    group: `${topics.join("-")}.first-seen`,
    topics,
    onAssigned: (given) => {
      for (const at of given) void beginAt(joined.promise, at);
    },
    onLost: () => undefined,
    onBatch: ({ topic, partition, records, nextOffset }) => {
      next.set(`${topic}/${partition}`, nextOffset);
      const times = seen.get(topic);
      for (const { value, timestampMs } of records) {
        for (const [text] of value?.toString("latin1").matchAll(pattern) ?? []) {
          times?.set(text, Math.min(times.get(text) ?? Number.POSITIVE_INFINITY, timestampMs));
        }
      }
    },
    onDead: (error) => {
      throw error;
    },
  });
  joined.resolve(member);
  for (const topic of topics) {
    const ends = await log.endsOf(topic);
    const isRead = (): boolean => ends.every(({ end }, partition) => (next.get(`${topic}/${partition}`) ?? 0) >= end);
    await pollUntil(isRead, { deadlineMs: READ_MS, what: `the end of ${topic}` });
  }
  await member.leave();
  return seen;
}
