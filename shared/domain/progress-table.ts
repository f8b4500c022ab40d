// What the partitions of all inputs of one site said of their progress -> the event time that all have come to.
//
// A partition that was read to its end and is silent is where the others are: one old line, of a shipper that was away or of a machine that is
// gone, would else hold the site's time as far back for as long as nothing newer comes through that partition. It is put there with
// each of its words, and not between them: who no longer speaks, since his process died, is waited for.

import type { PutEntry } from "./state-value.ts";
import { decodedState } from "./state-value.ts";
import { decodeStreamProgress, encodeStreamProgress, type StreamProgress } from "./stream-progress.ts";

/** Topics that one site's lines may come through; a site has one or a few. */
const INPUTS_MAX = 100;

export class ProgressTable {
  /** ms; -Infinity: nothing is known. Never goes back. */
  reachedMs = Number.NEGATIVE_INFINITY;
  /** Words of inputs beyond the room for them: nobody waits for those. */
  dropped = 0;
  /** Since when the partitions that were read to their end may hold something unread, by the clocks of who reads them: the eldest, ms. */
  private readToMs = Number.NEGATIVE_INFINITY;
  /** Event time of those in which there is more to be read: the least, ms. */
  private backlogMs = Number.NEGATIVE_INFINITY;
  private readonly inputs = new Map<string, (StreamProgress | undefined)[]>();
  private readonly changed = new Set<StreamProgress>();

  /** `nowMs`: our clock, further than which no silent partition is put; one host's clock may be ahead. */
  take(progress: StreamProgress, nowMs = Number.POSITIVE_INFINITY): void {
    const before = this.inputs.get(progress.input)?.[progress.partition];
    const noted = progress.state === "silent" ? this.withTheOthers(progress, nowMs) : progress;
    if (!this.note(noted)) {
      this.dropped += 1;
      return;
    }
    if (before !== undefined) this.changed.delete(before);
    this.changed.add(noted);
    this.reachedMs = Math.max(this.reachedMs, this.comeTo());
  }

  /**
   * Has all been said that may speak of a mail of event time `at`, of which the first word was written at `writtenMs`, by our clock or a
   * writer's? Its other lines were shipped no later, as a rule: so it is enough that every partition was read since, or is read in order
   * and past them. Event time alone does not tell: while a partition is silent it goes on as the clock does, and what a shipper held back
   * comes behind it.
   */
  hasRead(at: number, writtenMs: number): boolean {
    return this.reachedMs >= at && this.readToMs >= writtenMs && this.backlogMs > at;
  }

  /** Tells what changed, an entry a partition of an input: PREFIX and its name. */
  changes(prefix: string, put: PutEntry): void {
    for (const progress of this.changed) {
      put(`${prefix}${progress.input}/${progress.partition}`, Buffer.from(encodeStreamProgress(progress)));
    }
    this.changed.clear();
  }

  /** Takes an entry back, before `restored`. Throws StateValueError. */
  restore(key: string, value: Buffer): void {
    const decoded = decodeStreamProgress(value.toString("utf8"));
    this.note(decodedState(key, decoded.ok ? { ok: true, value: decoded.progress } : decoded));
  }

  /** All entries were given: by one input alone it would seem to have come further than it has. */
  restored(): void {
    this.reachedMs = this.comeTo();
  }

  private note(progress: StreamProgress): boolean {
    const known = this.inputs.get(progress.input) ?? [];
    if (known.length === 0 && this.inputs.size >= INPUTS_MAX) return false;
    known[progress.partition] = progress;
    known.length = progress.of;
    this.inputs.set(progress.input, known);
    return true;
  }

  /** As far as those that have more to say; where all are silent, as far as the furthest. */
  private withTheOthers(silent: StreamProgress, nowMs: number): StreamProgress {
    let least = Number.POSITIVE_INFINITY;
    let furthest = Number.NEGATIVE_INFINITY;
    for (const [input, partitions] of this.inputs) {
      for (const other of partitions) {
        if (other?.at === undefined || (input === silent.input && other.partition === silent.partition)) continue;
        if (other.state === "known") least = Math.min(least, other.at);
        furthest = Math.max(furthest, other.at);
      }
    }
    const others = Math.min(Number.isFinite(least) ? least : furthest, nowMs);
    return { ...silent, at: Math.max(silent.at ?? others, others) };
  }

  /** -Infinity while there is somebody to wait for. */
  private comeTo(): number {
    this.readToMs = Number.NEGATIVE_INFINITY;
    this.backlogMs = Number.NEGATIVE_INFINITY;
    let leastMs = Number.POSITIVE_INFINITY;
    let readToMs = Number.POSITIVE_INFINITY;
    let backlogMs = Number.POSITIVE_INFINITY;
    for (const partitions of this.inputs.values()) {
      for (const progress of partitions) {
        if (progress === undefined || progress.state === "unknown") return Number.NEGATIVE_INFINITY;
        const { at = Number.POSITIVE_INFINITY, readTo } = progress;
        leastMs = Math.min(leastMs, at);
        if (readTo === undefined) backlogMs = Math.min(backlogMs, at);
        else readToMs = Math.min(readToMs, readTo);
      }
    }
    this.readToMs = readToMs;
    this.backlogMs = backlogMs;
    return leastMs === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : leastMs;
  }
}
