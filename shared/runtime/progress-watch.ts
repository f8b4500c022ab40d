// The ends of partitions, asked for now and then: how far behind a reader is, and whether it stands still where it should not.

import { LogError, type PartitionEnds, type TopicLog, type TopicPartition } from "./topic-log.ts";

const ASK_EVERY_MS = 10_000;
/**
 * A partition that has something to be read for so long, and was not moved, is stuck: kafkajs is known to hold one without fetching.
 * While no broker answers nobody can say that.
 */
const STUCK_MS = 60_000;

/** Who reads a partition, from when it was given to this process until it is lost. */
export interface Reader {
  /** Offset of the next record to be taken. */
  nextOffset: number;
  /** End of the partition, as far as it is known. */
  endOffset: number;
}

export interface WatchedPartition extends TopicPartition {
  readonly reader: Reader;
  /** It reads nothing more for now, of its own accord. */
  readonly isPaused: boolean;
}

export interface ProgressWatchOptions {
  readonly log: Pick<TopicLog, "endsOf">;
  /** All that is being read. */
  readonly partitions: () => readonly WatchedPartition[];
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
  readonly onStuck: (error: LogError) => void;
}

export class ProgressWatch {
  private readonly options: ProgressWatchOptions;
  private askedAtMs: number;
  /** Where readers stood when they were first seen to be behind, and when. */
  private readonly behind = new Map<Reader, { readonly next: number; readonly sinceMs: number }>();

  constructor(options: ProgressWatchOptions) {
    this.options = options;
    this.askedAtMs = options.monotonicMs();
  }

  /** To be called often. */
  look(): void {
    const nowMs = this.options.monotonicMs();
    if (nowMs - this.askedAtMs < ASK_EVERY_MS) return;
    this.askedAtMs = nowMs;
    void this.ask();
  }

  private async ask(): Promise<void> {
    const { log, partitions, onStuck } = this.options;
    try {
      const ends = new Map<string, readonly PartitionEnds[]>();
      for (const topic of new Set(partitions().map((one) => one.topic))) ends.set(topic, await log.endsOf(topic));
      const watched = partitions();
      this.forgetOthers(watched);
      for (const { topic, partition, reader, isPaused } of watched) {
        const { first = 0, end = 0 } = ends.get(topic)?.[partition] ?? {};
        reader.endOffset = Math.max(reader.endOffset, end);
        if (isPaused) this.behind.delete(reader);
        else if (this.isStuck(reader, first))
          onStuck(new LogError("unknown", `${topic}, partition ${partition}: nothing was read for a minute`));
      }
    } catch {
      // No broker answers: that is no stuck partition.
      this.behind.clear();
    }
  }

  private forgetOthers(watched: readonly WatchedPartition[]): void {
    const readers = new Set(watched.map(({ reader }) => reader));
    for (const reader of this.behind.keys()) if (!readers.has(reader)) this.behind.delete(reader);
  }

  /** `first`: records before it are gone, and nobody is told of them. */
  private isStuck(reader: Reader, first: number): boolean {
    const nowMs = this.options.monotonicMs();
    const { endOffset } = reader;
    const next = Math.max(reader.nextOffset, first);
    const known = this.behind.get(reader);
    if (next >= endOffset) this.behind.delete(reader);
    else if (known?.next !== next) this.behind.set(reader, { next, sinceMs: nowMs });
    else return nowMs - known.sinceMs > STUCK_MS;
    return false;
  }
}
