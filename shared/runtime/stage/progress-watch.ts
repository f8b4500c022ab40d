// The ends of a stage's partitions, asked for now and then: how far behind it is, and whether one stands still that should not.

import { LogError, type TopicLog, type TopicPartition } from "../topic-log.ts";
import type { PartitionTask } from "./partition-task.ts";

const ASK_EVERY_MS = 10_000;
/**
 * A partition that has something to be read for so long, and was not moved, is stuck: kafkajs is known to hold one without fetching.
 * While no broker answers nobody can say that.
 */
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
  /** Where a partition stood when it was first seen to be behind, and when. */
  private readonly behind = new Map<
    number,
    { readonly task: PartitionTask; readonly next: number; readonly sinceMs: number }
  >();

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
    const { log, inputTopic, onStuck } = this.options;
    try {
      const ends = await log.endsOf(inputTopic);
      for (const { topic, partition, task } of partitions) {
        const end = ends[partition]?.end;
        if (task === undefined || task.isOver || end === undefined) continue;
        task.end = Math.max(task.end, end);
        if (!this.isStuck(partition, task)) continue;
        onStuck(new LogError("unknown", `${topic}, partition ${partition}: nothing was read for a minute`));
      }
    } catch {
      // No broker answers: that is no stuck partition.
      this.behind.clear();
    }
  }

  private isStuck(partition: number, task: PartitionTask): boolean {
    const nowMs = this.options.monotonicMs();
    const { next, end } = task;
    const known = this.behind.get(partition);
    if (next >= end) this.behind.delete(partition);
    else if (known?.task !== task || known.next !== next) this.behind.set(partition, { task, next, sinceMs: nowMs });
    else return nowMs - known.sinceMs > STUCK_MS;
    return false;
  }
}
