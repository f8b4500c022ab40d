// The ends of a stage's partitions, asked for now and then: how far behind it is, and whether one stands still that should not.

import { LogError, type TopicLog, type TopicPartition } from "../topic-log.ts";
import type { PartitionTask } from "./partition-task.ts";

const ASK_EVERY_MS = 10_000;
/** A partition with something to be read that was not moved for so long is stuck: kafkajs is known to hold one without fetching. */
const STUCK_MS = 60_000;

export interface PartitionStatus extends TopicPartition {
  /** Undefined while it is being taken over. */
  readonly task: PartitionTask | undefined;
}

export interface ProgressWatchOptions {
  readonly log: TopicLog;
  readonly inputTopic: string;
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
  readonly onStuck: (error: LogError) => void;
}

export class ProgressWatch {
  private readonly options: ProgressWatchOptions;
  private askedAtMs: number;

  constructor(options: ProgressWatchOptions) {
    this.options = options;
    this.askedAtMs = options.monotonicMs();
  }

  /** To be called often. */
  look(partitions: readonly PartitionStatus[]): void {
    const nowMs = this.options.monotonicMs();
    if (nowMs - this.askedAtMs < ASK_EVERY_MS) return;
    this.askedAtMs = nowMs;
    void this.ask(partitions);
  }

  private async ask(partitions: readonly PartitionStatus[]): Promise<void> {
    const { log, inputTopic, monotonicMs, onStuck } = this.options;
    try {
      const ends = await log.endsOf(inputTopic);
      for (const { topic, partition, task } of partitions) {
        const end = ends[partition]?.end;
        if (task === undefined || task.isOver || end === undefined) continue;
        task.end = Math.max(task.end, end);
        if (task.next >= task.end || monotonicMs() - task.movedAtMs <= STUCK_MS) continue;
        onStuck(new LogError("unknown", `${topic}, partition ${partition}: nothing was read for a minute`));
      }
    } catch {
      // No broker answers: that is no stuck partition.
    }
  }
}
