// A partition that was given to this process -> a task at its place, tried until it works or the partition is lost again.

import { type Clock, passed } from "../clock.ts";
import type { Reader } from "../progress-watch.ts";
import type { GroupMember, TopicLog, TopicPartition } from "../topic-log.ts";
import { type PartitionEnds, PartitionTask, type PartitionTaskOptions } from "./partition-task.ts";
import { untilItWorks } from "./passing-fault.ts";

/** Two that both believe a partition to be theirs would else take it from each other before either has flushed, for ever. */
const GIVE_WAY_MS = 1_000;

/** A partition that the group gave to this member. */
export interface Owned {
  readonly at: TopicPartition;
  /** Undefined while it is being taken over. */
  task: PartitionTask | undefined;
  /** Moves with every attempt, and every record of the state that is read back: no end is known. */
  readonly takeover: Reader;
  isLost: boolean;
}

export function ownedPartition(at: TopicPartition): Owned {
  return { at, task: undefined, takeover: { nextOffset: 0, endOffset: Number.POSITIVE_INFINITY }, isLost: false };
}

export interface TakeoversOptions {
  readonly log: TopicLog;
  readonly clock: Clock;
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
  /** One line for a person. */
  readonly say: (line: string) => void;
  readonly member: Promise<GroupMember>;
  readonly taskOptions: (at: TopicPartition) => Omit<PartitionTaskOptions, "onRead">;
  readonly isOver: () => boolean;
  /** `missed`: records that were deleted before they were read. */
  readonly onTaken: (owned: Owned, task: PartitionTask, missed: number) => void;
  /** With what no further attempt can mend. */
  readonly onFailed: (error: unknown) => void;
}

export class Takeovers {
  private readonly options: TakeoversOptions;
  /** The last attempt at each partition: its state is read back by one at a time. */
  private readonly attempts = new Map<number, Promise<void>>();

  constructor(options: TakeoversOptions) {
    this.options = options;
  }

  /** As `begin`, but whoever fenced us goes first: most often the partition is its own, and the group is about to say so. */
  async beginLater(owned: Owned): Promise<void> {
    await passed(this.options.clock, GIVE_WAY_MS);
    await this.begin(owned);
  }

  /** Never rejects. */
  async begin(owned: Owned): Promise<void> {
    const { say, clock, onFailed } = this.options;
    const { topic, partition } = owned.at;
    try {
      await untilItWorks(() => this.attempt(owned), {
        isWanted: () => this.isWanted(owned),
        say: (why) => {
          say(`${topic}, partition ${partition}: not taken over yet: ${why}`);
        },
        clock,
      });
    } catch (error) {
      onFailed(error);
    }
  }

  /** No attempt is under way. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.attempts.values());
  }

  private isWanted({ isLost }: Owned): boolean {
    return !isLost && !this.options.isOver();
  }

  private attempt(owned: Owned): Promise<void> {
    const { partition } = owned.at;
    const before = this.attempts.get(partition) ?? Promise.resolve();
    const made = before.then(() => this.take(owned));
    this.attempts.set(
      partition,
      made.catch(() => undefined),
    );
    return made;
  }

  private async take(owned: Owned): Promise<void> {
    if (!this.isWanted(owned)) return;
    const { log, member, taskOptions } = this.options;
    const { at } = owned;
    const moved = (): void => {
      owned.takeover.nextOffset += 1;
    };
    moved();
    const task = await PartitionTask.takeOver({ ...taskOptions(at), onRead: moved });
    try {
      if (!this.isWanted(owned)) return;
      const askedAtMs = this.options.monotonicMs();
      const ends = (await log.endsOf(at.topic))[at.partition] ?? { first: 0, end: 0 };
      this.place(owned, task, { ...ends, askedAtMs, member: await member });
    } finally {
      if (owned.task !== task) await task.close(false);
    }
  }

  private place(
    owned: Owned,
    task: PartitionTask,
    { member, ...ends }: PartitionEnds & { readonly member: GroupMember },
  ): void {
    if (!this.isWanted(owned)) return;
    const missed = task.begin(ends);
    owned.task = task;
    this.options.onTaken(owned, task, missed);
    member.seek(owned.at, task.nextOffset);
    member.resume(owned.at);
  }
}
