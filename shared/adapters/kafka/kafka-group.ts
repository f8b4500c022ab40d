// One member of a consumer group on kafkajs.
//
// kafkajs forgets at each join where a member reads and what it paused, and starts where the group committed last. So where each
// partition is read stands here, and is said again at each join; one that nobody has placed yet is paused.

import type { Consumer, ConsumerEndBatchProcessEvent, EachBatchPayload, Kafka } from "kafkajs";
import type { GroupMember, GroupOptions, LogBatch, TopicPartition } from "../../runtime/topic-log.ts";
import { LogError } from "../../runtime/topic-log.ts";
import { type Held, stuckAt } from "./held-partition.ts";
import { isUnpackFault, isWithoutCoordinator, logErrorOf } from "./kafka-error.ts";
import { recordsFrom } from "./kafka-records.ts";
import type { KafkaSettings } from "./kafka-settings.ts";
import { stickyAssigner } from "./sticky-assigner.ts";
import { nameOf } from "./sticky-assignment.ts";
import { ReadTimes } from "./read-times.ts";
import { whileItRuns } from "./while-it-runs.ts";

/** What one fetch may bring of a partition, and in all: kafkajs holds it several times over while it decodes. */
const PARTITION_BYTES_MAX = 1_048_576;
const FETCH_BYTES_MAX = 8_388_608;
/** How long a fetch waits for something; a partition that is placed or resumed meanwhile waits as long. */
const FETCH_WAIT_MS = 100;
/** How long the group's coordinator may stay unknown at the start: a right that is missing looks the same. */
const FIRST_JOIN_MS = 60_000;
const AGAIN_MS = 1_000;
/** Members that take longer to come to a join are left out. */
const REBALANCE_MS = 30_000;

type EndedBatch = Pick<ConsumerEndBatchProcessEvent["payload"], "topic" | "partition" | "lastOffset" | "highWatermark">;

export async function joinKafkaGroup(
  kafka: Kafka,
  settings: KafkaSettings,
  options: GroupOptions,
): Promise<GroupMember> {
  const member = new KafkaGroupMember(kafka, settings, options);
  await member.start();
  return member;
}

class KafkaGroupMember implements GroupMember {
  private readonly consumer: Consumer;
  private readonly options: GroupOptions;
  private readonly kafka: Kafka;
  private readonly held = new Map<string, Held>();
  private heldSinceMs = 0;
  private hasJoined = false;
  private readonly startedMs = performance.now();
  private isOver = false;
  private readonly times = new ReadTimes();

  constructor(kafka: Kafka, settings: KafkaSettings, options: GroupOptions) {
    this.kafka = kafka;
    this.options = options;
    this.consumer = kafka.consumer({
      groupId: options.group,
      partitionAssigners: [
        stickyAssigner(() => ({
          owned: Array.from(this.held.values(), ({ at }) => at),
          sinceMs: this.heldSinceMs,
        })),
      ],
      sessionTimeout: settings.sessionTimeoutMs,
      heartbeatInterval: settings.heartbeatMs,
      rebalanceTimeout: REBALANCE_MS,
      maxBytesPerPartition: PARTITION_BYTES_MAX,
      maxBytes: FETCH_BYTES_MAX,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      readUncommitted: false,
      allowAutoTopicCreation: false,
    });
  }

  async start(): Promise<void> {
    const { consumer, options } = this;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.joined(payload.memberAssignment);
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart && !this.isOver) this.crashed(error);
    });
    consumer.on(consumer.events.FETCH_START, ({ payload: { nodeId } }) => {
      this.times.asks(String(nodeId), performance.now());
    });
    consumer.on(consumer.events.FETCH, ({ payload: { nodeId } }) => this.times.answers(String(nodeId)));
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.passOver(payload);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
      await this.run();
    } catch (error) {
      await this.leave();
      throw logErrorOf(error, "unreachable");
    }
  }

  private run(): Promise<void> {
    return this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.take(payload),
    });
  }

  /** kafkajs gives up where no broker says who looks after the group: a broker that has just started says so for some seconds. */
  private crashed(error: Error): void {
    const isPatient = this.hasJoined || performance.now() - this.startedMs < FIRST_JOIN_MS;
    if (isWithoutCoordinator(error) && isPatient) setTimeout(() => void this.runAgain(), AGAIN_MS);
    else this.options.onDead(this.deathBy(error));
  }

  private async runAgain(): Promise<void> {
    if (this.isOver) return;
    try {
      await this.consumer.connect();
      await this.run();
    } catch (error) {
      const fault = logErrorOf(error, "unreachable");
      if (fault.fault === "unreachable") setTimeout(() => void this.runAgain(), AGAIN_MS);
      else this.options.onDead(fault);
    }
  }

  seek(at: TopicPartition, offset: number): void {
    const held = this.held.get(nameOf(at));
    if (held === undefined) return;
    held.next = offset;
    this.place(held);
  }

  pause(at: TopicPartition): void {
    this.setPaused(at, true);
  }

  resume(at: TopicPartition): void {
    this.setPaused(at, false);
  }

  sinceReadMs(): number {
    return this.times.sinceMs(performance.now());
  }

  async commit({ topic, partition }: TopicPartition, offset: number): Promise<void> {
    if (this.isOver) return;
    try {
      await this.consumer.commitOffsets([{ topic, partition, offset: String(offset) }]);
    } catch {
      // It is for displays, or said again with the next.
    }
  }

  async committed({ topic, partition }: TopicPartition): Promise<number | undefined> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      const [answer] = await admin.fetchOffsets({ groupId: this.options.group, topics: [topic] });
      const offset = Number(answer?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
      return offset < 0 ? undefined : offset;
    } catch (error) {
      throw logErrorOf(error, "unreachable");
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  async leave(): Promise<void> {
    this.isOver = true;
    await this.consumer.disconnect().catch(() => undefined);
  }

  private deathBy(error: unknown): LogError {
    const fault = logErrorOf(error, "unreachable");
    return isUnpackFault(error) ? stuckAt(this.held.values(), fault) : fault;
  }

  private joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    if (this.isOver) return;
    this.hasJoined = true;
    this.times.forget();
    const now = Object.entries(assignment).flatMap(([topic, partitions]) =>
      partitions.map((partition): TopicPartition => ({ topic, partition })),
    );
    const names = new Set(now.map(nameOf));
    const lost = [...this.held].filter(([name]) => !names.has(name));
    for (const [name] of lost) this.held.delete(name);
    const fresh = now.filter((at) => !this.held.has(nameOf(at)));
    for (const at of fresh) this.held.set(nameOf(at), { at, next: undefined, isPaused: false });
    this.heldSinceMs = Date.now();
    for (const held of this.held.values()) this.place(held);
    if (lost.length > 0) this.options.onLost(lost.map(([, { at }]) => at));
    if (fresh.length > 0) this.options.onAssigned(fresh);
  }

  private setPaused(at: TopicPartition, isPaused: boolean): void {
    const held = this.held.get(nameOf(at));
    if (held === undefined || held.isPaused === isPaused) return;
    held.isPaused = isPaused;
    // What was fetched meanwhile is dropped by kafkajs: it is to be fetched again.
    this.place(held);
  }

  private place({ at: { topic, partition }, next, isPaused }: Held): void {
    const stands = next === undefined || isPaused;
    const partitions = [{ topic, partitions: [partition] }];
    whileItRuns(() => {
      if (stands) this.consumer.pause(partitions);
      else this.consumer.resume(partitions);
      if (next !== undefined) this.consumer.seek({ topic, partition, offset: String(next) });
    });
  }

  /**
   * Of a fetch that brought no record of anybody's (ends of transactions, what was taken back) kafkajs tells only this. Passed over in
   * silence a partition would seem to have something to be read for ever.
   */
  private passOver({ topic, partition, lastOffset, highWatermark }: EndedBatch): void {
    const held = this.held.get(nameOf({ topic, partition }));
    const nextOffset = Number(lastOffset) + 1;
    if (held?.next === undefined || held.isPaused || nextOffset <= held.next) return;
    held.next = nextOffset;
    this.options.onBatch({ topic, partition, records: [], nextOffset, endOffset: Number(highWatermark) });
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const held = this.held.get(nameOf(batch));
    const isWanted = held?.next !== undefined && !held.isPaused;
    if (!payload.isRunning() || payload.isStale() || !isWanted || held?.next === undefined) return;
    const { topic, partition } = held.at;
    const nextOffset = Number(batch.lastOffset()) + 1;
    const taken: LogBatch = {
      topic,
      partition,
      records: recordsFrom(batch.messages, held.next),
      nextOffset,
      endOffset: Number(batch.highWatermark),
    };
    held.next = nextOffset;
    payload.resolveOffset(batch.lastOffset());
    try {
      this.options.onBatch(taken);
    } catch (error) {
      // kafkajs would take it for a fault of its own and go on.
      this.options.onDead(new LogError("unknown", String(error), { cause: error }));
    }
    await payload.heartbeat();
  }
}
