// A stage in one process: a member of the group of its input, and a task for each partition that it is given.

import type { Clock } from "../clock.ts";
import { ProgressWatch } from "../progress-watch.ts";
import type { GroupMember, GroupOptions, LogBatch, TopicLog, TopicPartition } from "../topic-log.ts";
import { agreedPartitions } from "./agreed-partitions.ts";
import type { PartitionFold } from "./partition-fold.ts";
import { type PartitionStatus, watchedPartitions } from "./partition-status.ts";
import type { PartitionTask } from "./partition-task.ts";
import { isFenced, isPassing, messageOf } from "./passing-fault.ts";
import { ShownPositions } from "./shown-positions.ts";
import { type Owned, ownedPartition, Takeovers } from "./takeovers.ts";
import { isDoneWithin } from "./time-limit.ts";

const TICK_MS = 50;
/** A graceful stop takes 10 s at most: the last flushes, then the farewell to the group; what is left is for closing the log. */
const LAST_FLUSH_MS = 4_000;
const LEAVE_MS = 2_500;

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
  readonly onRestored?: (task: PartitionTask) => void;
  readonly onFlushed?: (tookMs: number) => void;
  /** A partition goes to another process, or is taken over anew: this fold of it is used no more. */
  readonly onGone?: (fold: PartitionFold) => void;
}

export class StageRunner {
  rebalances = 0;
  /** Batches, takeovers and flushes: something goes on. By the clock that only goes forward. */
  progressAtMs: number;
  /** Records that were deleted before they were read. */
  missedRecords = 0;
  consumedRecords = 0;
  private readonly options: StageRunnerOptions;
  private readonly owned = new Map<number, Owned>();
  private readonly joined = Promise.withResolvers<GroupMember>();
  private readonly takeovers: Takeovers;
  private member: GroupMember | undefined;
  private readonly shown = new ShownPositions();
  private partitions = 0;
  private isOver = false;
  private cancelTick: () => void = () => undefined;
  private readonly watch: ProgressWatch;
  private failed: Error | undefined;
  private stopping: Promise<void> | undefined;
  private readonly ended = Promise.withResolvers<undefined>();

  private readonly fail = (error: unknown): void => {
    if (this.isOver) return;
    this.failed ??= error instanceof Error ? error : new Error(String(error));
    void this.stop();
  };

  constructor(options: StageRunnerOptions) {
    this.options = options;
    this.progressAtMs = options.monotonicMs();
    const partitions = () => watchedPartitions([...this.owned.values()]);
    this.watch = new ProgressWatch({ ...options, partitions, onStuck: this.fail });
    this.takeovers = new Takeovers({
      ...options,
      member: this.joined.promise,
      taskOptions: (at) => this.taskOptions(at),
      isOver: () => this.isOver,
      onTaken: (owned, task, missed) => {
        this.taken(owned, task, missed);
      },
      onFailed: this.fail,
    });
  }

  /** Checks the topics and joins the group. Rejects with LogError and StateLogError. */
  async start(): Promise<void> {
    const { log, inputTopic, stateTopic } = this.options;
    this.partitions = await agreedPartitions(log, inputTopic, stateTopic);
    // The group is joined only when states can be read back at once.
    await log.prepareReadBack(stateTopic);
    try {
      this.member = await log.join(this.groupOptions());
    } catch (error) {
      this.joined.promise.catch(() => undefined);
      this.joined.reject(error);
      await this.stop();
      throw error;
    }
    this.joined.resolve(this.member);
    if (this.isOver) await this.member.leave();
    else this.tickLater();
  }

  /** Resolves when it was stopped. Rejects with what it cannot go on after. */
  async run(): Promise<void> {
    await this.ended.promise;
    if (this.failed !== undefined) throw this.failed;
  }

  status(): PartitionStatus[] {
    return Array.from(this.owned.values(), ({ at, task }) => ({ ...at, task }));
  }

  /** It has joined, and every partition it was given is taken over. */
  get isReady(): boolean {
    return this.member !== undefined && [...this.owned.values()].every(({ task }) => task !== undefined);
  }

  /** Flushes what there is, gives the partitions back and leaves the group: within 6.5 s, whatever hangs. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    this.isOver = true;
    this.cancelTick();
    const tasks = [...this.owned.values()].flatMap(({ task }) => (task === undefined ? [] : [task]));
    this.owned.clear();
    const { clock, say } = this.options;
    // A takeover under way ends too: what it opened would be left open by whoever closes the log.
    const closing = tasks.map((task) => task.close(this.failed === undefined));
    const closed = Promise.allSettled([...closing, this.takeovers.settled()]);
    if (!(await isDoneWithin(clock, LAST_FLUSH_MS, closed)))
      say("a last flush or a takeover takes too long, and is left to whoever comes next");
    const left = this.member?.leave() ?? Promise.resolve();
    if (!(await isDoneWithin(clock, LEAVE_MS, left))) say("leaving the group takes too long");
    this.ended.resolve(undefined);
  }

  private groupOptions(): GroupOptions {
    const { group, inputTopic } = this.options;
    return {
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
      onDead: this.fail,
    };
  }

  private own(at: TopicPartition): void {
    if (this.isOver) return;
    const owned = ownedPartition(at);
    this.owned.set(at.partition, owned);
    void this.takeovers.begin(owned);
  }

  private lose({ partition }: TopicPartition): void {
    const owned = this.owned.get(partition);
    this.owned.delete(partition);
    if (owned !== undefined) owned.isLost = true;
    void owned?.task?.close(false);
  }

  private taken({ at }: Owned, task: PartitionTask, missed: number): void {
    const { say, onRestored, monotonicMs } = this.options;
    this.missedRecords += missed;
    if (missed > 0) say(`${at.topic}, partition ${at.partition}: ${missed} records were deleted before they were read`);
    this.progressAtMs = monotonicMs();
    onRestored?.(task);
  }

  private taskOptions(at: TopicPartition) {
    const { group, monotonicMs, onFlushed } = this.options;
    return {
      ...this.options,
      at,
      writerId: `${group}.${at.partition}`,
      partitions: this.partitions,
      sinceReadMs: (): number => this.member?.sinceReadMs() ?? Number.POSITIVE_INFINITY,
      onFlushed: (tookMs: number): void => {
        this.progressAtMs = monotonicMs();
        onFlushed?.(tookMs);
      },
      onPressure: (isHigh: boolean): void => {
        if (isHigh) this.member?.pause(at);
        else this.member?.resume(at);
      },
      onBroken: (task: PartitionTask, error: unknown): void => {
        this.broken(task, error);
      },
    };
  }

  private broken(task: PartitionTask, error: unknown): void {
    const { at } = task;
    const owned = this.owned.get(at.partition);
    if (owned?.task !== task) return;
    if (!isPassing(error)) {
      this.fail(error);
      return;
    }
    this.options.say(`${at.topic}, partition ${at.partition}: given up and taken over anew: ${messageOf(error)}`);
    this.member?.pause(at);
    owned.task = undefined;
    void task.close(false);
    void (isFenced(error) ? this.takeovers.beginLater(owned) : this.takeovers.begin(owned));
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
    this.watch.look();
    if (this.member !== undefined) this.shown.show(this.status(), this.member, nowMs);
  }
}
