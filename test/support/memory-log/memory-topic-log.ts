// A process' connection to the log in memory.

import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type GroupMember,
  type GroupOptions,
  LogError,
  type LogRecord,
  type PartitionEnds,
  type PlainWriter,
  type TopicLog,
  type TopicPartition,
  type TransactionalWriter,
} from "../../../shared/runtime/topic-log.ts";
import type { MemoryBroker } from "./memory-broker.ts";
import { MemoryMember } from "./memory-member.ts";

export class MemoryTopicLog implements TopicLog {
  private readonly broker: MemoryBroker;
  private readonly members: MemoryMember[] = [];

  constructor(broker: MemoryBroker) {
    this.broker = broker;
  }

  async partitionsOf(topic: string): Promise<number | undefined> {
    await this.reach();
    return this.broker.countOf(topic);
  }

  async endsOf(topic: string): Promise<readonly PartitionEnds[]> {
    await this.reach();
    return Array.from({ length: this.broker.countOf(topic) ?? 0 }, (_, partition) => ({
      first: 0,
      end: this.broker.recordsOf({ topic, partition }).length,
    }));
  }

  async offsetAt(at: TopicPartition, timestampMs: number): Promise<number | undefined> {
    await this.reach();
    const records = this.broker.recordsOf(at);
    return records.find((record) => record.timestampMs >= timestampMs)?.offset ?? records.length;
  }

  async openWriter(id: string): Promise<TransactionalWriter> {
    await this.reach();
    const { broker } = this;
    const epoch = broker.takeOver(id);
    let broken: LogError | undefined;
    return {
      write: async (records) => {
        await nextTurn();
        if (broken === undefined && broker.epochOf(id) !== epoch) broken = new LogError("fenced", `${id} is another's`);
        if (broken === undefined && broker.isDown) broken = new LogError("unknown", "the broker is down");
        if (broken !== undefined) throw broken;
        broker.append(records);
      },
      close: async () => {
        await nextTurn();
        broken ??= new LogError("unknown", "the writer is closed");
      },
    };
  }

  async openPlainWriter(): Promise<PlainWriter> {
    await this.reach();
    return {
      write: async (records) => {
        await this.reach();
        this.broker.append(records);
      },
      close: () => nextTurn(),
    };
  }

  async readBack(
    at: TopicPartition,
    isLast: (record: LogRecord) => boolean,
    onRecord: (record: LogRecord) => void,
  ): Promise<void> {
    for (let next = 0; ; next += 1) {
      await this.reach();
      const all = this.broker.recordsOf(at);
      for (; next < all.length; next += 1) {
        const record = all[next];
        if (record === undefined) break;
        onRecord(record);
        if (isLast(record)) return;
      }
      next -= 1;
    }
  }

  async prepareReadBack(): Promise<void> {
    await this.reach();
  }

  async join(options: GroupOptions): Promise<GroupMember> {
    await this.reach();
    const member = new MemoryMember(this.broker, options);
    this.members.push(member);
    member.start();
    return member;
  }

  async close(): Promise<void> {
    await nextTurn();
    this.kill();
  }

  /** The process is gone. */
  kill(): void {
    for (const member of this.members) member.end();
  }

  private async reach(): Promise<void> {
    await nextTurn();
    this.broker.check();
  }
}
