// The lines of a batch -> all of them stored, but for those that the server does not take. Tries without end while the server is
// away: whoever waits for it stops reading meanwhile.

import { retryAfterMs } from "../../shared/domain/retry-delay.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import type { PointWriter, WriteOutcome } from "../../shared/runtime/point-writer.ts";
import { Backoff } from "./backoff-shell.ts";
import type { RefusedLine } from "./batch/batch-work.ts";
import { BatchWork } from "./batch/batch-work.ts";
import type { RecorderEvent } from "./recorder-event.ts";
import type { RecordingBounds } from "./recording-bounds.ts";
import { RECORDER_WAIT_REASONS } from "./wait-reason.ts";
import type { WaitReason } from "./wait-reason.ts";

export interface BatchWriterOptions {
  readonly writer: PointWriter;
  readonly bounds: RecordingBounds;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly say: (event: RecorderEvent) => void;
}

export interface WriteCounters {
  /** Requests, by how they ended. */
  stored: number;
  refused: number;
  readonly waited: Map<WaitReason, number>;
  points: number;
  /** When a request was last stored, by our clock. */
  storedAtMs: number;
}

export interface WriteBatch {
  readonly lines: readonly string[];
  readonly lineBytes: readonly number[];
  /** A line that every bucket takes. */
  readonly knownGood: () => string;
  readonly signal: AbortSignal;
}

type Wait = Extract<WriteOutcome, { kind: "wait" }>;

export class BatchWriter {
  readonly counters: WriteCounters = {
    stored: 0,
    refused: 0,
    waited: new Map(RECORDER_WAIT_REASONS.map((reason) => [reason, 0])),
    points: 0,
    storedAtMs: Number.NEGATIVE_INFINITY,
  };
  /** Why nothing can be stored now; undefined: the last request was answered as it should. */
  waitsFor: WaitReason | undefined;
  readonly backoff: Backoff;
  private readonly options: BatchWriterOptions;

  constructor(options: BatchWriterOptions) {
    this.options = options;
    this.backoff = new Backoff(options);
  }

  /** The lines that were refused; undefined: it was given up by the signal, and anything may be stored or not. */
  async write(batch: WriteBatch): Promise<readonly RefusedLine[] | undefined> {
    const { bounds, say } = this.options;
    const work = new BatchWork(batch.lineBytes, { linesMax: bounds.batchPoints, bytesMax: bounds.batchBytes });
    for (let range = work.next(); range !== undefined; range = work.next()) {
      if (batch.signal.aborted) return undefined;
      const outcome = await this.send(batch.lines.slice(range.from, range.to), batch.signal);
      if (outcome.kind === "stored") {
        work.stored();
        this.counters.points += range.to - range.from;
      } else if (outcome.kind === "wait") await this.wait(outcome.reason, outcome, batch.signal);
      else if (!work.isFound(outcome.isAll)) work.halve();
      else if (work.hasStored || (await this.takesAnything(batch))) {
        work.hasStored = true;
        work.refuse(outcome.detail);
      }
    }
    const [first] = work.refused;
    if (first !== undefined) say({ event: "points-refused", points: work.refused.length, detail: first.detail });
    return work.refused;
  }

  /** Before lines are given up: is it the lines? If not, it has waited. */
  private async takesAnything({ knownGood, signal }: WriteBatch): Promise<boolean> {
    const outcome = await this.send([knownGood()], signal);
    if (outcome.kind === "stored") return true;
    if (outcome.kind === "wait") await this.wait(outcome.reason, outcome, signal);
    else await this.wait("refuses-all", { kind: "wait", reason: "unexpected", detail: outcome.detail }, signal);
    return false;
  }

  private async send(lines: readonly string[], signal: AbortSignal): Promise<WriteOutcome> {
    const outcome = await this.options.writer.write(lines, signal);
    if (outcome.kind === "stored") {
      this.counters.stored += 1;
      this.counters.storedAtMs = this.options.clock.nowMs();
      this.recovered();
    } else if (outcome.kind === "refused") this.counters.refused += 1;
    return outcome;
  }

  private async wait(reason: WaitReason, outcome: Wait, signal: AbortSignal): Promise<void> {
    const { clock, bounds, say } = this.options;
    const { detail, retryAfter, date } = outcome;
    this.counters.waited.set(reason, (this.counters.waited.get(reason) ?? 0) + 1);
    if (reason === "aborted") return;
    if (this.waitsFor !== reason) say({ event: "influx-failing", reason, detail });
    this.waitsFor = reason;
    const askedMs = retryAfter === undefined ? 0 : (retryAfterMs(retryAfter, date, clock.nowMs()) ?? 0);
    await this.backoff.wait(Math.min(askedMs, bounds.retryAfterMaxMs), signal);
  }

  private recovered(): void {
    this.waitsFor = undefined;
    const { failures, forMs } = this.backoff.succeeded();
    if (failures > 0) this.options.say({ event: "influx-recovered", failures, awayMs: forMs });
  }
}
