// A member of a group of the log in memory.

import { setImmediate as nextTurn } from "node:timers/promises";
import { nameOf } from "../../../shared/adapters/kafka/sticky-assignment.ts";
import type { GroupMember, GroupOptions, LogRecord, TopicPartition } from "../../../shared/runtime/topic-log.ts";
import type { MemoryBroker } from "./memory-broker.ts";
import type { MemoryGroup } from "./memory-group.ts";

/** What one batch holds at most, and at least a record. */
const BATCH_RECORDS = 500;
const BATCH_BYTES = 1_048_576;

interface Held {
  readonly at: TopicPartition;
  next: number | undefined;
  isPaused: boolean;
}

export class MemoryMember implements GroupMember {
  private readonly broker: MemoryBroker;
  private readonly group: MemoryGroup;
  private readonly options: GroupOptions;
  private readonly held = new Map<string, Held>();
  private isOver = false;

  constructor(broker: MemoryBroker, options: GroupOptions) {
    this.broker = broker;
    this.options = options;
    this.group = broker.groupOf(options.group, options.topics);
  }

  get owned(): TopicPartition[] {
    return Array.from(this.held.values(), ({ at }) => at);
  }

  start(): void {
    this.group.enter(this);
    void this.run();
  }

  lose(share: readonly TopicPartition[]): void {
    const names = new Set(share.map(nameOf));
    const lost = this.owned.filter((at) => !names.has(nameOf(at)));
    for (const at of lost) this.held.delete(nameOf(at));
    if (lost.length > 0) this.options.onLost(lost);
  }

  gain(share: readonly TopicPartition[]): void {
    const fresh = share.filter((at) => !this.held.has(nameOf(at)));
    for (const at of fresh) this.held.set(nameOf(at), { at, next: undefined, isPaused: false });
    if (fresh.length > 0) this.options.onAssigned(fresh);
  }

  seek(at: TopicPartition, offset: number): void {
    const held = this.held.get(nameOf(at));
    if (held !== undefined) held.next = offset;
  }

  pause(at: TopicPartition): void {
    const held = this.held.get(nameOf(at));
    if (held !== undefined) held.isPaused = true;
  }

  resume(at: TopicPartition): void {
    const held = this.held.get(nameOf(at));
    if (held !== undefined) held.isPaused = false;
  }

  async commit(at: TopicPartition, offset: number): Promise<void> {
    await nextTurn();
    if (!this.broker.isDown && !this.isOver) this.group.committed.set(nameOf(at), offset);
  }

  async committed(at: TopicPartition): Promise<number | undefined> {
    await nextTurn();
    this.broker.check();
    return this.group.committed.get(nameOf(at));
  }

  sinceReadMs(): number {
    return this.broker.isDown ? Number.POSITIVE_INFINITY : 0;
  }

  async leave(): Promise<void> {
    await nextTurn();
    this.end();
  }

  /** Gone without a word. */
  end(): void {
    this.isOver = true;
    this.held.clear();
    this.group.leave(this);
  }

  /** The group takes it for dead, and it does not know. */
  timeOut(): void {
    this.group.leave(this);
  }

  /** It knows, and comes back with what it thinks it has. */
  rejoin(): void {
    this.group.enter(this);
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      await nextTurn();
      if (this.broker.isDown) continue;
      for (const held of this.held.values()) this.fetch(held);
    }
  }

  private fetch(held: Held): void {
    if (held.next === undefined || held.isPaused || this.isOver) return;
    const all = this.broker.recordsOf(held.at);
    held.next = Math.max(held.next, this.broker.firstOf(held.at));
    if (held.next >= all.length) return;
    let bytes = 0;
    const isOut = ({ value }: LogRecord): boolean => (bytes += value?.length ?? 0) > BATCH_BYTES;
    const some = all.slice(held.next, held.next + BATCH_RECORDS);
    const records = some.slice(0, Math.max(1, some.findIndex(isOut) >>> 0));
    held.next += records.length;
    this.options.onBatch({ ...held.at, records, nextOffset: held.next, endOffset: all.length });
  }
}
