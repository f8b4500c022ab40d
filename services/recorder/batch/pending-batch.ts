// Points on their way into InfluxDB, with what else must have happened before their offsets are committed: dead letters.
// Of points that are the same the latest counts, so that a batch never depends on the order in which its lines are stored.

import type { DeadLetter } from "./dead-letter.ts";
import type { Origin, PartitionRead } from "./partition-read.ts";

export interface PendingPoint {
  readonly line: string;
  readonly bytes: number;
  /** What it was made of, for a dead letter; undefined: squall's own lag. */
  readonly origin: Origin | undefined;
  readonly encode: () => string;
}

export class PendingBatch {
  readonly letters: DeadLetter[] = [];
  bytes = 0;
  /** When the first thing came, by our clock; undefined: there is nothing. */
  sinceMs: number | undefined;
  /** Time of the oldest record in it, as its topic has it. */
  oldestMs: number | undefined;
  private readonly byIdentity = new Map<string, PendingPoint>();
  private readonly reached = new Map<PartitionRead, number>();

  get isEmpty(): boolean {
    return this.sinceMs === undefined;
  }

  get size(): number {
    return this.byIdentity.size + this.letters.length;
  }

  points(): PendingPoint[] {
    return [...this.byIdentity.values()];
  }

  /** Offsets up to which a partition is handled once this batch is. */
  offsets(): ReadonlyMap<PartitionRead, number> {
    return this.reached;
  }

  addPoint(identity: string, point: PendingPoint, nowMs: number): void {
    this.sinceMs ??= nowMs;
    this.bytes += point.bytes - (this.byIdentity.get(identity)?.bytes ?? 0);
    this.byIdentity.delete(identity);
    this.byIdentity.set(identity, point);
  }

  addLetter(letter: DeadLetter): void {
    this.bytes += letter.value.length;
    this.letters.push(letter);
  }

  /** All records before `nextOffset` are in it. */
  reach(read: PartitionRead, nextOffset: number, nowMs: number): void {
    this.sinceMs ??= nowMs;
    this.reached.set(read, nextOffset);
  }

  noteRecord(timestampMs: number): void {
    this.oldestMs = Math.min(this.oldestMs ?? timestampMs, timestampMs);
  }

  /** Another has the partition now, and will write its windows as they are by then. */
  drop(read: PartitionRead): void {
    this.reached.delete(read);
    for (const [identity, { origin, bytes }] of this.byIdentity) {
      if (origin?.read !== read) continue;
      this.byIdentity.delete(identity);
      this.bytes -= bytes;
    }
    const kept = this.letters.filter(({ origin }) => origin.read !== read);
    this.bytes -= this.letters.reduce((sum, { value }) => sum + value.length, 0);
    this.bytes += kept.reduce((sum, { value }) => sum + value.length, 0);
    this.letters.splice(0, this.letters.length, ...kept);
  }
}
