// The recorder: a member of a group that reads windows and alerts, and has them stored in InfluxDB.
//
//   read -> points -> batch (5,000 points, 2 MB or 1 s) -> InfluxDB -> dead letters -> offsets committed
//
// While a batch is being written the next one grows. While InfluxDB is away that one fills, and reading pauses: Kafka is the
// buffer. Whatever is written twice changes nothing, so an offset is committed late rather than early.

import { deadLetterTopic } from "../../shared/domain/topics.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import type { PointWriter } from "../../shared/runtime/point-writer.ts";
import { ProgressWatch } from "../../shared/runtime/progress-watch.ts";
import type { GroupMember, LogBatch, PlainWriter, TopicLog, TopicPartition } from "../../shared/runtime/topic-log.ts";
import { LogError } from "../../shared/runtime/topic-log.ts";
import { BatchWriter } from "./batch-writer-shell.ts";
import type { PartitionRead } from "./batch/partition-read.ts";
import { createPartitionRead } from "./batch/partition-read.ts";
import { Intake } from "./intake-shell.ts";
import { LetterWriter } from "./letter-writer-shell.ts";
import { PartitionStart } from "./partition-start-shell.ts";
import { OwnLag } from "./own-lag-shell.ts";
import { LAG_EVERY_MS } from "./points/lag-point.ts";
import type { RecorderEvent } from "./recorder-event.ts";
import { recorderStatus, watchedReads } from "./recorder-status-shell.ts";
import type { RecorderStatus } from "./recorder-status-shell.ts";
import type { RecorderBounds } from "./recorder.ts";
import { defaultRecorderBounds } from "./recorder.ts";
import type { RecordingBounds } from "./recording-bounds.ts";
import { defaultRecordingBounds } from "./recording-bounds.ts";
import { RecordingLoop } from "./recording-loop-shell.ts";

export interface RecorderOptions {
  /** Not closed by stop(). */
  readonly log: Pick<TopicLog, "endsOf" | "join" | "offsetAt" | "openPlainWriter" | "partitionsOf">;
  /** Not closed by stop(). */
  readonly writer: PointWriter;
  readonly clock: Clock;
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly group: string;
  readonly windowsTopic: string;
  readonly alertsTopic: string;
  /** Of squall; stands in dead letters. */
  readonly version: string;
  readonly say: (event: RecorderEvent) => void;
  /** The member of the group is of no more use: end the process. */
  readonly onDead: (error: LogError) => void;
  readonly bounds?: RecordingBounds;
  readonly recorderBounds?: RecorderBounds;
}

export interface RecorderService {
  status(): RecorderStatus;
  /**
   * Reads nothing more, stores what was read, and leaves the group, all within graceMs. False: not all was stored; it is read
   * again by whoever has the partitions next.
   */
  stop(graceMs: number): Promise<boolean>;
}

const TICK_MS = 1_000;
/** Of the time to stop, for leaving the group. */
const LEAVE_MS = 1_000;

/** Rejects with LogError where the log cannot be reached, or lacks a topic for dead letters. */
export async function startRecorder(options: RecorderOptions): Promise<RecorderService> {
  const { log, windowsTopic, alertsTopic } = options;
  const partitions = new Map<string, number>();
  for (const topic of [windowsTopic, alertsTopic].map(deadLetterTopic)) {
    const count = await log.partitionsOf(topic);
    if (count === undefined) throw new LogError("refused", `there is no topic ${topic}`);
    partitions.set(topic, count);
  }
  const running = new RunningRecorder(options, await log.openPlainWriter(), partitions);
  await running.join();
  return running;
}

class RunningRecorder implements RecorderService {
  private readonly options: RecorderOptions;
  private readonly bounds: RecordingBounds;
  private readonly intake: Intake;
  private readonly batches: BatchWriter;
  private readonly letters: LetterWriter;
  private readonly loop: RecordingLoop;
  private readonly starts: PartitionStart;
  private readonly watch: ProgressWatch;
  private readonly lag: OwnLag;
  private readonly letterLog: PlainWriter;
  private readonly reads = new Map<string, PartitionRead>();
  private readonly joined = Promise.withResolvers<GroupMember>();
  private readonly stopping = new AbortController();
  private member: GroupMember | undefined;
  private cancelTick: () => void = () => undefined;
  private tickMs: number;
  private isStopping = false;

  constructor(options: RecorderOptions, letterLog: PlainWriter, partitions: ReadonlyMap<string, number>) {
    const { writer, bounds = defaultRecordingBounds, recorderBounds = defaultRecorderBounds } = options;
    this.options = options;
    this.bounds = bounds;
    this.letterLog = letterLog;
    this.tickMs = options.clock.nowMs();
    this.lag = new OwnLag(writer, options.windowsTopic);
    this.intake = new Intake({ ...options, lineOf: (point) => writer.lineOf(point), bounds: recorderBounds });
    this.batches = new BatchWriter({ ...options, bounds });
    this.letters = new LetterWriter({ ...options, bounds, writer: letterLog, partitions });
    this.loop = new RecordingLoop({
      clock: options.clock,
      bounds,
      batches: this.batches,
      letters: this.letters,
      knownGood: () => this.lag.knownGood(this.loop.oldestMs, options.clock.nowMs()),
      commit: async (read, offset) => this.member?.commit(read, offset),
      onRoom: () => this.resumeAll(),
    });
    this.starts = new PartitionStart({
      ...options,
      bounds,
      rewindMs: (topic) => (topic === options.alertsTopic ? bounds.alertsRewindMs : bounds.rewindMs),
      member: async () => this.joined.promise,
      signal: this.stopping.signal,
      mayRead: () => this.mayRead(),
    });
    this.watch = new ProgressWatch({
      ...options,
      partitions: () => watchedReads(this.reads.values(), !this.mayRead()),
      onStuck: options.onDead,
    });
  }

  async join(): Promise<void> {
    const { log, group, windowsTopic, alertsTopic, onDead } = this.options;
    this.member = await log.join({
      group,
      topics: [windowsTopic, alertsTopic],
      onAssigned: (partitions) => this.assigned(partitions),
      onLost: (partitions) => {
        const isWriting = partitions.some((at) => this.loop.isWriting(this.reads.get(keyOf(at))));
        this.lost(partitions);
        // What is tried until it works would be written over what their new owner has stored by then.
        if (isWriting && !this.isStopping) this.readAgain();
      },
      onBatch: (batch) => this.take(batch),
      onDead,
    });
    this.joined.resolve(this.member);
    this.tick();
  }

  status(): RecorderStatus {
    const { intake, batches, letters, loop } = this;
    return recorderStatus({ reads: [...this.reads.values()], intake, batches, letters, loop });
  }

  async stop(graceMs: number): Promise<boolean> {
    this.isStopping = true;
    this.cancelTick();
    for (const read of this.reads.values()) this.member?.pause(read);
    const deadline = new AbortController();
    if (graceMs <= LEAVE_MS) deadline.abort();
    const cancel = this.options.clock.after(graceMs - LEAVE_MS, () => deadline.abort());
    const isStored = await this.loop.drain(deadline.signal);
    cancel();
    this.stopping.abort();
    await Promise.all([this.member?.leave(), this.letterLog.close()]);
    return isStored;
  }

  private assigned(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const read = createPartitionRead(topic, partition);
      this.reads.set(keyOf(read), read);
      void this.starts.begin(read);
    }
  }

  private lost(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      const read = this.reads.get(keyOf(at));
      if (read === undefined) continue;
      read.isLost = true;
      this.reads.delete(keyOf(at));
      this.loop.drop(read);
    }
  }

  private take(batch: LogBatch): void {
    const read = this.reads.get(keyOf(batch));
    if (read === undefined || this.isStopping) return;
    if (read.phase !== "reading") {
      const [first] = batch.records;
      if (read.phase === "probing" && first !== undefined) void this.starts.rewind(read, first.timestampMs);
      return;
    }
    read.nextOffset = batch.nextOffset;
    read.endOffset = batch.endOffset;
    // The topic was made anew: what was committed was another's.
    if (batch.endOffset < read.floor) read.floor = 0;
    this.intake.take(read, batch, this.loop.filling, this.options.clock.nowMs());
    this.loop.filled();
    if (this.loop.isFull) for (const one of this.reads.values()) this.member?.pause(one);
  }

  private mayRead(): boolean {
    return !this.loop.isFull && !this.isStopping;
  }

  private resumeAll(): void {
    if (!this.mayRead()) return;
    for (const read of this.reads.values()) if (read.phase === "reading") this.member?.resume(read);
  }

  private tick(): void {
    const nowMs = this.options.clock.nowMs();
    const beforeMs = this.tickMs;
    this.tickMs = nowMs;
    this.cancelTick = this.options.clock.after(TICK_MS, () => this.tick());
    if (nowMs - beforeMs >= this.bounds.stoodStillMs) this.beginAnew(nowMs - beforeMs);
    for (const read of this.reads.values()) void this.starts.giveUpProbe(read);
    this.watch.look();
    if (Math.floor(nowMs / LAG_EVERY_MS) !== Math.floor(beforeMs / LAG_EVERY_MS)) this.addLag(nowMs);
  }

  /** What is held is perhaps no longer ours, and older than what another has stored meanwhile. `forMs`: it stood still. */
  private beginAnew(forMs: number): void {
    this.options.say({ event: "stood-still", forMs });
    this.readAgain();
  }

  /** Forgets all that is held, and reads it again. */
  private readAgain(): void {
    const partitions = [...this.reads.values()];
    this.lost(partitions);
    this.loop.forget();
    this.assigned(partitions);
  }

  private addLag(nowMs: number): void {
    if (this.loop.isFull) return;
    for (const read of this.reads.values()) if (read.phase === "reading") this.lag.add(read, this.loop, nowMs);
    this.loop.filled();
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
