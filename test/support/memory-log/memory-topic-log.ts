// A process' connection to the log in memory.

import { setImmediate as nextTurn } from "node:timers/promises";
import { nameOf } from "../../../shared/adapters/kafka/sticky-assignment.ts";
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
  private readonly readings = new Set<string>();
  private isKilled = false;

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
      first: this.broker.firstOf({ topic, partition }),
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
        if (broken !== undefined) throw broken;
        try {
          await broker.onWrite(id, () => {
            this.checkAlive();
            if (broker.epochOf(id) !== epoch) throw new LogError("fenced", `${id} is another's`);
            if (broker.isDown) throw new LogError("unknown", "the broker is down");
            broker.append(records);
          });
        } catch (error) {
          broken ??= error instanceof LogError ? error : new LogError("unknown", String(error));
          throw broken;
        }
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
    const name = nameOf(at);
    if (this.readings.has(name)) throw new Error(`${name} is read back twice at a time`);
    this.readings.add(name);
    try {
      for (let next = this.broker.firstOf(at); ; next += 1) {
        await this.reading();
        const record = await this.recordAt(at, next);
        onRecord(record);
        if (isLast(record)) return;
      }
    } finally {
      this.readings.delete(name);
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
    this.leaveAll();
  }

  /** The process is gone: nothing of it is written any more, and the group notices. */
  kill(): void {
    this.isKilled = true;
    for (const member of this.members) member.end();
  }

  /** The group takes the process for dead. */
  timeOut(): void {
    for (const member of this.members) member.timeOut();
  }

  rejoin(): void {
    for (const member of this.members) member.rejoin();
  }

  /** Before each record that is read back. */
  protected reading(): Promise<void> {
    return Promise.resolve();
  }

  /** Waits for it where it is not there yet. */
  private async recordAt(at: TopicPartition, offset: number): Promise<LogRecord> {
    for (;;) {
      const record = this.broker.recordsOf(at)[offset];
      if (record !== undefined && !this.broker.isDown) return record;
      await this.reach();
    }
  }

  private checkAlive(): void {
    if (this.isKilled) throw new LogError("unknown", "the process is gone");
  }

  private leaveAll(): void {
    for (const member of this.members) member.end();
  }

  private async reach(): Promise<void> {
    await nextTurn();
    this.checkAlive();
    this.broker.check();
  }
}
