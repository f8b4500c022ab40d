// A partition taken over: who had it is fenced, and its state read back into a fold.

import type { TopicLog, TopicPartition } from "../topic-log.ts";
import { openTopicStateLog, type TopicStateLog } from "../topic-state-log.ts";
import { partitionsChanged } from "./partition-faults.ts";
import type { PartitionFold } from "./partition-fold.ts";
import { POSITION_KEY, type PartitionPosition, readPosition } from "./partition-position.ts";

export interface TakeOverOptions {
  readonly log: TopicLog;
  readonly at: TopicPartition;
  readonly stateTopic: string;
  readonly writerId: string;
  /** Partitions of the input. */
  readonly partitions: number;
  readonly createFold: (at: TopicPartition) => PartitionFold;
  /** A record of the state was read back. */
  readonly onRead: () => void;
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
}

/** What a takeover had to read. */
export interface Restored {
  readonly entries: number;
  readonly bytes: number;
  readonly tookMs: number;
}

export interface TakenOver {
  readonly state: TopicStateLog;
  readonly fold: PartitionFold;
  readonly position: PartitionPosition | undefined;
  readonly restored: Restored;
}

/** Fences who had the partition, and reads its state back. Rejects with StateLogError, and with what the fold throws. */
export async function takeOver(options: TakeOverOptions): Promise<TakenOver> {
  const { log, at, stateTopic, writerId, partitions, createFold, monotonicMs, onRead } = options;
  const startedMs = monotonicMs();
  const stateAt = { topic: stateTopic, partition: at.partition };
  const state = await openTopicStateLog({ log, at: stateAt, writerId, onRead });
  try {
    const fold = createFold(at);
    let position: PartitionPosition | undefined;
    let entries = 0;
    let bytes = 0;
    await state.read((key, value) => {
      entries += 1;
      bytes += key.length + value.length;
      if (key === POSITION_KEY) position = readPosition(value);
      else fold.restore(key, value);
    });
    if (position !== undefined && position.of !== partitions)
      throw partitionsChanged(at.topic, position.of, partitions);
    fold.restored();
    if (position !== undefined && position.readTo > position.offset) fold.readAgain?.(position.readTo);
    return { state, fold, position, restored: { entries, bytes, tookMs: monotonicMs() - startedMs } };
  } catch (error) {
    await state.close();
    throw error;
  }
}
