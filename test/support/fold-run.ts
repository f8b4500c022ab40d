// A stage's fold with what it says and keeps: fed line by line, flushed, and gone on with by another process.

import type { PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { LogRecord, NewRecord } from "../../shared/runtime/topic-log.ts";
import { StateEntries } from "./state-entries.ts";

export class FoldRun<Fold extends PartitionFold> {
  readonly fold: Fold;
  /** Everything that was said. */
  readonly records: NewRecord[] = [];
  private readonly create: () => Fold;
  private readonly entries: StateEntries;
  private offset: number;
  /** What was taken, by offset. */
  private readonly taken: LogRecord[];
  private readonly heldFrom: number;
  /** As of the last flush: where reading goes on. */
  private goesOnAt = 0;

  /** Offset of the record that is to be read again next. */
  private againFrom: number;

  constructor(create: () => Fold, before?: FoldRun<Fold>, readAgain: "at-once" | "in-steps" = "at-once") {
    this.create = create;
    this.entries = before?.entries ?? new StateEntries();
    this.offset = before?.offset ?? 0;
    this.taken = before?.taken ?? [];
    this.heldFrom = before?.goesOnAt ?? 0;
    this.goesOnAt = this.heldFrom;
    this.fold = create();
    // In no particular order.
    for (const [key, value] of [...this.entries].toReversed()) this.fold.restore(key, value);
    this.fold.restored();
    if (this.heldFrom < this.offset) {
      this.fold.readAgain?.(this.offset);
      if (readAgain === "at-once") this.feed(this.taken.slice(this.heldFrom));
    }
    this.againFrom = readAgain === "at-once" ? this.offset : this.heldFrom;
  }

  /** What its state log would hold now. */
  get stored(): ReadonlyMap<string, Buffer> {
    return this.entries;
  }

  /** After a restart in steps: one record more. */
  readAgainOne(): void {
    this.againFrom += 1;
    this.feed(this.taken.slice(this.againFrom - 1, this.againFrom), this.againFrom);
  }

  /** One record with these lines. */
  take(lines: readonly string[], timestampMs = 0): void {
    this.takeBytes(Buffer.from(`${lines.join("\n")}\n`, "latin1"), timestampMs);
  }

  takeBytes(value: Buffer, timestampMs = 0): void {
    const record = { offset: this.offset, key: undefined, value, timestampMs };
    this.offset += 1;
    this.taken.push(record);
    this.feed([record]);
  }

  private feed(records: readonly LogRecord[], nextOffset = this.offset): void {
    this.fold.take({ topic: "in", partition: 0, records, nextOffset, endOffset: this.offset });
  }

  /** One flush; returns what it says. */
  flush(): NewRecord[] {
    const said: NewRecord[] = [];
    this.entries.take((put) => {
      this.fold.drain({ output: (record) => void said.push(record), entry: put });
    });
    this.goesOnAt = this.fold.heldFrom ?? this.offset;
    this.fold.flushed();
    this.records.push(...said);
    return said;
  }

  /** The process is killed; another goes on from the last flush. What was said so far is its own no more. */
  restarted({ readAgain = "at-once" }: { readonly readAgain?: "at-once" | "in-steps" } = {}): FoldRun<Fold> {
    return new FoldRun(this.create, this, readAgain);
  }
}

/** Lines of one topic, or of one partition of it. */
export function linesOf(records: readonly NewRecord[], topic: string, partition?: number): string[] {
  return records
    .filter((record) => record.topic === topic && (partition ?? record.partition) === record.partition)
    .flatMap(({ value }) => value?.toString().split("\n").slice(0, -1) ?? []);
}
