import type { GroupMember, GroupOptions, LogBatch } from "../../../shared/runtime/topic-log.ts";
import { MemoryTopicLog } from "./memory-topic-log.ts";

/** Gives batches to its members only when the test lets it. */
export class SlowLog extends MemoryTopicLog {
  isHolding = false;
  private readonly held: (() => void)[] = [];

  override join(options: GroupOptions): Promise<GroupMember> {
    const onBatch = (batch: LogBatch): void => {
      if (this.isHolding) this.held.push(() => options.onBatch(batch));
      else options.onBatch(batch);
    };
    return super.join({ ...options, onBatch });
  }

  letGo(): void {
    this.isHolding = false;
    for (const give of this.held.splice(0)) give();
  }
}
