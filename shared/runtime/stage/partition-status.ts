// The partitions that a stage has, for metrics and for those who watch it.

import type { WatchedPartition } from "../progress-watch.ts";
import type { TopicPartition } from "../topic-log.ts";
import type { PartitionTask } from "./partition-task.ts";

export interface PartitionStatus extends TopicPartition {
  /** Undefined while it is being taken over. */
  readonly task: PartitionTask | undefined;
}

export function watchedTasks(partitions: readonly PartitionStatus[]): WatchedPartition[] {
  return partitions.flatMap(({ topic, partition, task }) =>
    task === undefined || task.isOver ? [] : [{ topic, partition, reader: task, isPaused: false }],
  );
}
