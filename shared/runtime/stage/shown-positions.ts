// Positions, committed to the group as well: there displays of lag look for them. Nobody here reads them.

import type { GroupMember } from "../topic-log.ts";
import type { PartitionStatus } from "./partition-status.ts";

const EVERY_MS = 1_000;

export class ShownPositions {
  private readonly shown = new Map<number, number>();
  private shownAtMs = Number.NEGATIVE_INFINITY;

  /** Commits what moved since the last time, once a second. */
  show(partitions: readonly PartitionStatus[], member: GroupMember, nowMs: number): void {
    if (Math.abs(nowMs - this.shownAtMs) < EVERY_MS) return;
    this.shownAtMs = nowMs;
    for (const { topic, partition, task } of partitions) {
      const offset = task?.flushedOffset;
      if (offset === undefined || offset === this.shown.get(partition)) continue;
      this.shown.set(partition, offset);
      void member.commit({ topic, partition }, offset);
    }
  }
}
