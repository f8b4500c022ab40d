// The smallest stage: it counts how often each text came, and says each count. What it says shows every text that came twice or never.

import type { FlushSink, PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { LogBatch, TopicPartition } from "../../shared/runtime/topic-log.ts";

/** A text that begins so must not wait. */
const URGENT = "!";

export class CountingFold implements PartitionFold {
  readonly at: TopicPartition;
  readonly counts = new Map<string, number>();
  /** Bytes taken. */
  taken = 0;
  flushes = 0;
  isUrgent = false;
  wasCaughtUp: boolean[] = [];
  /** Of which nothing is known, as it was told last. */
  unreadMs = Number.NaN;
  private readonly outputTopic: string;
  private said: string[] = [];
  private readonly changed = new Set<string>();

  constructor(at: TopicPartition, outputTopic: string) {
    this.at = at;
    this.outputTopic = outputTopic;
  }

  restore(key: string, value: Buffer): void {
    this.counts.set(key.slice("count/".length), Number(value.toString()));
  }

  restored(): void {
    // Nothing hangs together here.
  }

  take({ records }: LogBatch): void {
    for (const { value } of records) {
      this.taken += value?.length ?? 0;
      const text = value?.toString("utf8", 0, 40) ?? "";
      const count = (this.counts.get(text) ?? 0) + 1;
      this.counts.set(text, count);
      this.changed.add(text);
      this.said.push(`${text} ${count}`);
      if (text.startsWith(URGENT)) this.isUrgent = true;
    }
  }

  advance(nowMs: number, readToMs: number): void {
    this.wasCaughtUp.push(Number.isFinite(readToMs));
    this.unreadMs = nowMs - readToMs;
  }

  drain({ output, entry }: FlushSink): void {
    this.isUrgent = false;
    for (const text of this.said.splice(0)) {
      output({
        topic: this.outputTopic,
        partition: this.at.partition,
        key: undefined,
        value: Buffer.from(text),
      });
    }
    for (const text of this.changed) entry(`count/${text}`, Buffer.from(String(this.counts.get(text))));
    this.changed.clear();
  }

  flushed(): void {
    this.flushes += 1;
  }
}

/** What it says of these, one after the other. */
export function countsOf(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return texts.map((text) => {
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return `${text} ${count}`;
  });
}
