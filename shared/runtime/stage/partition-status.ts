// The partitions that a stage has, for metrics and for those who watch it.

import type { WatchedPartition } from "../progress-watch.ts";
import type { TopicPartition } from "../topic-log.ts";
import type { PartitionTask } from "./partition-task.ts";
import type { Owned } from "./takeovers.ts";

export interface PartitionStatus extends TopicPartition {
  /** Undefined while it is being taken over. */
  readonly task: PartitionTask | undefined;
}

/** A takeover is to move too. */
export function watchedPartitions(partitions: readonly Owned[]): WatchedPartition[] {
  return partitions.flatMap(({ at, task, takeover }) =>
    task?.isOver === true ? [] : [{ ...at, reader: task ?? takeover, isPaused: false }],
  );
}
