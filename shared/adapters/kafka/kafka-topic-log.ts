// A partitioned log on Apache Kafka, by kafkajs.

import type { Kafka } from "kafkajs";
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
} from "../../runtime/topic-log.ts";
import { KafkaAdmin } from "./kafka-admin.ts";
import { createKafkaClient } from "./kafka-client.ts";
import { isUnknownTopic } from "./kafka-error.ts";
import { joinKafkaGroup } from "./kafka-group.ts";
import { KafkaReadBack } from "./kafka-read-back.ts";
import type { KafkaSettings } from "./kafka-settings.ts";
import { openKafkaPlainWriter, openKafkaWriter } from "./kafka-writer.ts";

/** Connects to nothing yet. */
export function createKafkaTopicLog(settings: KafkaSettings): TopicLog {
  return new KafkaTopicLog(settings);
}

class KafkaTopicLog implements TopicLog {
  private readonly settings: KafkaSettings;
  private readonly kafka: Kafka;
  private readonly readBacks = new Map<string, KafkaReadBack>();
  private readonly open = new Set<{ close(): Promise<void> }>();
  private readonly admin: KafkaAdmin;
  private isClosed = false;

  constructor(settings: KafkaSettings) {
    this.settings = settings;
    this.kafka = createKafkaClient(settings);
    this.admin = new KafkaAdmin(this.kafka);
  }

  partitionsOf(topic: string): Promise<number | undefined> {
    return this.admin.ask(async (admin) => {
      try {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions.length;
      } catch (error) {
        if (isUnknownTopic(error)) return undefined;
        throw error;
      }
    });
  }

  endsOf(topic: string): Promise<readonly PartitionEnds[]> {
    return this.admin.ask(async (admin) => {
      const all = await admin.fetchTopicOffsets(topic);
      return all
        .toSorted((a, b) => a.partition - b.partition)
        .map(({ low, high }): PartitionEnds => ({ first: Number(low), end: Number(high) }));
    });
  }

  offsetAt({ topic, partition }: TopicPartition, timestampMs: number): Promise<number | undefined> {
    return this.admin.ask(async (admin) => {
      const all = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs);
      const offset = Number(all.find((one) => one.partition === partition)?.offset ?? -1);
      return offset < 0 ? undefined : offset;
    });
  }

  async openWriter(id: string): Promise<TransactionalWriter> {
    this.checkOpen();
    return this.keptUntilClosed(await openKafkaWriter(this.kafka, id));
  }

  async openPlainWriter(): Promise<PlainWriter> {
    this.checkOpen();
    return this.keptUntilClosed(await openKafkaPlainWriter(this.kafka));
  }

  async readBack(
    { topic, partition }: TopicPartition,
    isLast: (record: LogRecord) => boolean,
    onRecord: (record: LogRecord) => void,
  ): Promise<void> {
    await this.reader(topic).read(partition, isLast, onRecord);
  }

  async prepareReadBack(topic: string): Promise<void> {
    await this.reader(topic).start();
  }

  async join(options: GroupOptions): Promise<GroupMember> {
    this.checkOpen();
    const member = await joinKafkaGroup(this.kafka, this.settings, options);
    this.kept({ close: () => member.leave() });
    return member;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.open].map((one) => one.close()));
    await this.admin.close();
  }

  /** What was begun before and goes on would open connections that nobody closes: the process would never end. */
  private checkOpen(): void {
    if (this.isClosed) throw new LogError("unknown", "the log is closed");
  }

  private reader(topic: string): KafkaReadBack {
    this.checkOpen();
    let reader = this.readBacks.get(topic);
    if (reader?.isDead === true) {
      this.open.delete(reader);
      reader = undefined;
    }
    if (reader === undefined) {
      reader = this.kept(new KafkaReadBack(this.kafka, topic));
      this.readBacks.set(topic, reader);
    }
    return reader;
  }

  /** A process that lives for long opens a writer with every takeover. */
  private keptUntilClosed<Writer extends PlainWriter>(writer: Writer): Writer {
    const close = writer.close.bind(writer);
    writer.close = () => {
      this.open.delete(writer);
      return close();
    };
    return this.kept(writer);
  }

  private kept<Part extends { close(): Promise<void> }>(part: Part): Part {
    this.open.add(part);
    if (this.isClosed) void part.close();
    return part;
  }
}
