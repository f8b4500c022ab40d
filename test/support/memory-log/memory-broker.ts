// A partitioned log in memory, for tests: what it holds outlives the processes that use it, as a cluster does.

import { nameOf } from "../../../shared/adapters/kafka/sticky-assignment.ts";
import { LogError, type LogRecord, type NewRecord, type TopicPartition } from "../../../shared/runtime/topic-log.ts";
import { MemoryGroup } from "./memory-group.ts";

export interface StoredRecord extends LogRecord {
  readonly headers: Readonly<Record<string, string>>;
}

export class MemoryBroker {
  readonly partitions = new Map<string, StoredRecord[]>();
  /** Nothing can be asked, written or read. */
  isDown = false;
  nowMs: () => number = Date.now;
  /** A test may stand between a writer and what it writes: it calls `append` or does not, late, or throws LogError. */
  onWrite: (id: string, append: () => void) => Promise<void> = (_id, append) => Promise.resolve(append());
  /** First offset that is still there, where records were deleted. */
  private readonly firsts = new Map<string, number>();
  private readonly counts = new Map<string, number>();
  private readonly epochs = new Map<string, number>();
  private readonly groups = new Map<string, MemoryGroup>();

  createTopic(topic: string, count: number): void {
    this.counts.set(topic, count);
    for (let partition = 0; partition < count; partition += 1) this.partitions.set(nameOf({ topic, partition }), []);
  }

  countOf(topic: string): number | undefined {
    return this.counts.get(topic);
  }

  recordsOf(at: TopicPartition): StoredRecord[] {
    const records = this.partitions.get(nameOf(at));
    if (records === undefined) throw new LogError("refused", `no such partition: ${nameOf(at)}`);
    return records;
  }

  firstOf(at: TopicPartition): number {
    return this.firsts.get(nameOf(at)) ?? 0;
  }

  /** Retention, as it were. */
  deleteBefore(at: TopicPartition, offset: number): void {
    this.firsts.set(nameOf(at), offset);
  }

  check(): void {
    if (this.isDown) throw new LogError("unreachable", "the broker is down");
  }

  takeOver(id: string): number {
    const epoch = (this.epochs.get(id) ?? 0) + 1;
    this.epochs.set(id, epoch);
    return epoch;
  }

  epochOf(id: string): number {
    return this.epochs.get(id) ?? 0;
  }

  append(records: readonly NewRecord[]): void {
    for (const record of records) this.recordsOf(record);
    for (const { topic, partition, key, value, headers } of records) {
      const stored = this.recordsOf({ topic, partition });
      stored.push({
        offset: stored.length,
        key: key === undefined ? undefined : Buffer.from(key),
        value: value === undefined ? undefined : Buffer.from(value),
        timestampMs: this.nowMs(),
        headers: headers ?? {},
      });
    }
  }

  groupOf(name: string, topics: readonly string[]): MemoryGroup {
    let group = this.groups.get(name);
    if (group === undefined) {
      const all = topics.flatMap((topic) =>
        Array.from({ length: this.counts.get(topic) ?? 0 }, (_, partition) => ({ topic, partition })),
      );
      group = new MemoryGroup(all);
      this.groups.set(name, group);
    }
    return group;
  }
}
