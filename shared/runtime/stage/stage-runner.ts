// A stage in one process: a member of the group of its input, and a task for each partition that it is given.

import type { Clock } from "../clock.ts";
import type { StateLogError } from "../state-log.ts";
import type { GroupMember, LogBatch, PartitionEnds, TopicLog, TopicPartition } from "../topic-log.ts";
import { agreedPartitions } from "./agreed-partitions.ts";
import type { PartitionFold } from "./partition-fold.ts";
import { PartitionTask, type Restored } from "./partition-task.ts";
import { isPassing, untilItWorks } from "./passing-fault.ts";
import { type PartitionStatus, ProgressWatch } from "./progress-watch.ts";
import { ShownPositions } from "./shown-positions.ts";

const TICK_MS = 100;

export interface StageRunnerOptions {
  readonly log: TopicLog;
  /** Consumer group; with the partition, the id of its writer. */
  readonly group: string;
  readonly inputTopic: string;
  readonly stateTopic: string;
  readonly createFold: (at: TopicPartition) => PartitionFold;
  readonly flushEveryMs: number;
  readonly clock: Clock;
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
  /** One line for a person. */
  readonly say: (line: string) => void;
  readonly onRestored?: (at: TopicPartition, restored: Restored) => void;
  readonly onFlushed?: (tookMs: number) => void;
}

interface Owned {
  readonly at: TopicPartition;
  task: PartitionTask | undefined;
  isLost: boolean;
}

export class StageRunner {
  /** How often partitions were given or taken. */
  rebalances = 0;
  /** Batches, takeovers and flushes: something goes on. By the clock that only goes forward. */
  progressAtMs: number;
  /** Records that were deleted before they were read. */
  missedRecords = 0;
  consumedRecords = 0;
  private readonly options: StageRunnerOptions;
  private readonly owned = new Map<number, Owned>();
  private readonly joined = Promise.withResolvers<GroupMember>();
  private member: GroupMember | undefined;
  private readonly shown = new ShownPositions();
  private partitions = 0;
  private isOver = false;
  private cancelTick: () => void = () => undefined;
  private readonly watch: ProgressWatch;
  private failed: Error | undefined;
  private end: () => void = () => undefined;
  private readonly ended: Promise<void>;

  constructor(options: StageRunnerOptions) {
    this.options = options;
    this.progressAtMs = options.monotonicMs();
    this.watch = new ProgressWatch({
      ...options,
      onStuck: (error) => {
        this.fail(error);
      },
    });
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** Checks the topics and joins the group. Rejects with LogError and StateLogError. */
  async start(): Promise<void> {
    const { log, inputTopic, stateTopic, group } = this.options;
    this.partitions = await agreedPartitions(log, inputTopic, stateTopic);
    // The group is joined only when states can be read back at once.
    await log.prepareReadBack(stateTopic);
    this.member = await log.join({
      group,
      topics: [inputTopic],
      onAssigned: (given) => {
        this.rebalances += 1;
        for (const at of given) this.own(at);
      },
      onLost: (lost) => {
        this.rebalances += 1;
        for (const at of lost) this.lose(at);
      },
      onBatch: (batch) => {
        this.take(batch);
      },
      onDead: (error) => {
        this.fail(error);
      },
    });
    this.joined.resolve(this.member);
    this.tickLater();
  }

  /** Resolves when it was stopped. Rejects with what it cannot go on after. */
  async run(): Promise<void> {
    await this.ended;
    if (this.failed !== undefined) throw this.failed;
  }

  /** The partitions it has. */
  status(): PartitionStatus[] {
    return Array.from(this.owned.values(), ({ at, task }) => ({ ...at, task }));
  }

  /** It has joined, and every partition it was given is taken over. */
  get isReady(): boolean {
    return this.member !== undefined && [...this.owned.values()].every(({ task }) => task !== undefined);
  }

  /** Flushes what there is, gives the partitions back and leaves the group. */
  async stop(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelTick();
    const tasks = [...this.owned.values()].flatMap(({ task }) => (task === undefined ? [] : [task]));
    this.owned.clear();
    await Promise.all(tasks.map((task) => task.close(this.failed === undefined)));
    await this.member?.leave();
    this.end();
  }

  private own(at: TopicPartition): void {
    const owned: Owned = { at, task: undefined, isLost: false };
    this.owned.set(at.partition, owned);
    void this.takeOver(owned);
  }

  private lose({ partition }: TopicPartition): void {
    const owned = this.owned.get(partition);
    this.owned.delete(partition);
    if (owned !== undefined) owned.isLost = true;
    void owned?.task?.close(false);
  }

  private async takeOver(owned: Owned): Promise<void> {
    const { log, say, clock } = this.options;
    const { at } = owned;
    const isWanted = (): boolean => !owned.isLost && !this.isOver;
    const attempt = async (): Promise<void> => {
      const task = await PartitionTask.takeOver(this.taskOptions(at));
      const ends = (await log.endsOf(at.topic))[at.partition];
      const member = await this.joined.promise;
      if (!isWanted()) return task.close(false);
      this.begin(owned, task, ends ?? { first: 0, end: 0 });
      member.seek(at, task.next);
      member.resume(at);
    };
    const what = `${at.topic}, partition ${at.partition}`;
    try {
      await untilItWorks(attempt, { isWanted, say: (why) => say(`${what}: not taken over yet: ${why}`), clock });
    } catch (error) {
      this.fail(error);
    }
  }

  private begin(owned: Owned, task: PartitionTask, { first, end }: PartitionEnds): void {
    const { say, onRestored } = this.options;
    const { at } = owned;
    const missed = task.begin(first, end);
    this.missedRecords += missed;
    if (missed > 0) say(`${at.topic}, partition ${at.partition}: ${missed} records were deleted before they were read`);
    owned.task = task;
    this.progressAtMs = this.options.monotonicMs();
    onRestored?.(at, task.restored);
  }

  private taskOptions(at: TopicPartition) {
    const { log, group, stateTopic, createFold, flushEveryMs, monotonicMs, onFlushed } = this.options;
    return {
      log,
      at,
      stateTopic,
      writerId: `${group}.${at.partition}`,
      partitions: this.partitions,
      createFold,
      flushEveryMs,
      monotonicMs,
      onFlushed: (tookMs: number): void => {
        this.progressAtMs = monotonicMs();
        onFlushed?.(tookMs);
      },
      onPressure: (isHigh: boolean): void => {
        if (isHigh) this.member?.pause(at);
        else this.member?.resume(at);
      },
      onBroken: (task: PartitionTask, error: StateLogError): void => {
        this.broken(task, error);
      },
    };
  }

  private broken(task: PartitionTask, error: StateLogError): void {
    const { at } = task;
    const owned = this.owned.get(at.partition);
    if (owned?.task !== task) return;
    if (!isPassing(error)) {
      this.fail(error);
      return;
    }
    this.options.say(`${at.topic}, partition ${at.partition}: given up and taken over anew: ${error.message}`);
    this.member?.pause(at);
    owned.task = undefined;
    void task.close(false);
    void this.takeOver(owned);
  }

  private take(batch: LogBatch): void {
    const task = this.owned.get(batch.partition)?.task;
    if (task === undefined) return;
    this.progressAtMs = this.options.monotonicMs();
    this.consumedRecords += batch.records.length;
    try {
      task.take(batch);
    } catch (error) {
      this.fail(error);
    }
  }

  private tickLater(): void {
    this.cancelTick = this.options.clock.after(TICK_MS, () => {
      this.tick();
      if (!this.isOver) this.tickLater();
    });
  }

  private tick(): void {
    const nowMs = this.options.clock.nowMs();
    try {
      for (const { task } of this.owned.values()) task?.tick(nowMs);
    } catch (error) {
      this.fail(error);
    }
    const partitions = this.status();
    this.watch.look(partitions);
    if (this.member !== undefined) this.shown.show(partitions, this.member, nowMs);
  }

  private fail(error: unknown): void {
    if (this.isOver) return;
    this.failed ??= error instanceof Error ? error : new Error(String(error));
    void this.stop();
  }
}
