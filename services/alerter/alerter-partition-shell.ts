// One partition of squall.storm-alerts: alerts -> whoever is to be told. What was told is part of the state, as in standalone: so a
// process that is killed repeats at most the word that was on its way.

import { decodeSilenceLine, isSilenceLine } from "../../shared/domain/silence-line.ts";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { decodeStreamProgress, isProgressLine } from "../../shared/domain/stream-progress.ts";
import { DeadLetterOutput, eachLine } from "../../shared/runtime/stage/line-records.ts";
import type { FlushSink, PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { LogBatch, TopicPartition } from "../../shared/runtime/topic-log.ts";
import { Pulse, PULSE_KEY } from "./pulse.ts";
import { SILENCE_PREFIX, Silences } from "./silences.ts";
import type { Telling } from "./telling-shell.ts";

/** What the telling needs of its partition. */
export interface PartitionLinks {
  readonly isSilenced: (alert: StormAlert, nowMs: number) => boolean;
  readonly requestFlush: () => void;
}

export interface AlerterPartitionOptions {
  readonly at: TopicPartition;
  readonly createTelling: (links: PartitionLinks) => Telling;
  readonly deadLetters: string;
  /** Of squall. */
  readonly version: string;
}

/** Of the alerts: there detectors say how far they have come. */
const PULSE_PARTITION = 0;

export class AlerterPartition implements PartitionFold {
  readonly telling: Telling;
  readonly silences = new Silences();
  readonly deadLetters: DeadLetterOutput;
  isUrgent = false;
  private readonly pulse: Pulse | undefined;
  private nowMs = Number.NaN;
  private isStarted = false;

  constructor({ at, createTelling, deadLetters, version }: AlerterPartitionOptions) {
    this.deadLetters = new DeadLetterOutput(deadLetters, at, version);
    if (at.partition === PULSE_PARTITION) this.pulse = new Pulse();
    this.telling = createTelling({
      isSilenced: (alert, nowMs) => this.silences.isSilenced(alert, nowMs),
      requestFlush: () => void (this.isUrgent = true),
    });
  }

  /** Undefined: another partition hears of it. */
  isPipelineAlive(nowMs: number): boolean | undefined {
    return this.isStarted ? this.pulse?.isAlive(nowMs) : undefined;
  }

  restore(key: string, value: Buffer): void {
    if (key === PULSE_KEY) this.pulse?.restore(value);
    else if (key.startsWith(SILENCE_PREFIX)) this.silences.restore(key, value);
    else this.telling.restore(key, value);
  }

  restored(): void {
    this.silences.restored();
    this.telling.restored();
  }

  take(batch: LogBatch): void {
    eachLine(batch, ({ text, offset, timestampMs }) => {
      const refused = this.takeLine(text, timestampMs);
      if (refused !== undefined) this.deadLetters.add({ offset, reason: refused, value: Buffer.from(text) });
    });
  }

  advance(nowMs: number): void {
    this.nowMs = nowMs;
    if (!this.isStarted) {
      this.pulse?.start(nowMs);
      // Only now is the partition ours for certain: what waits from before goes out.
      this.isStarted = true;
      this.telling.start();
    }
    for (const alert of this.silences.due(nowMs)) this.add(alert);
  }

  drain(sink: FlushSink): void {
    this.isUrgent = false;
    this.telling.changes(sink.entry);
    this.silences.changes(sink.entry);
    this.pulse?.changes(sink.entry);
    this.deadLetters.drain(sink.output);
  }

  flushed(): void {
    this.telling.flushed();
  }

  async close(graceMs: number): Promise<void> {
    await this.telling.stop(graceMs);
  }

  private takeLine(text: string, timestampMs: number): string | undefined {
    if (isSilenceLine(text)) return this.takeSilence(text, timestampMs);
    return isProgressLine(text) ? this.takeProgress(text) : this.takeAlert(text);
  }

  private takeProgress(text: string): string | undefined {
    const decoded = decodeStreamProgress(text);
    if (!decoded.ok) return decoded.reason;
    this.pulse?.take(decoded.progress, this.nowMs);
    return undefined;
  }

  /** As of its own time: an alerter that comes back after an hour does not silence for the hour again. */
  private takeSilence(text: string, atMs: number): string | undefined {
    const word = decodeSilenceLine(text);
    if (word === undefined) return "bad-silence";
    if (word.do === "end-silence")
      return this.silences.end(word.id, atMs) === undefined ? "no-such-silence" : undefined;
    return "fault" in this.silences.add(word, atMs) ? "bad-silence" : undefined;
  }

  private takeAlert(text: string): string | undefined {
    const decoded = decodeStormAlert(text);
    if (!decoded.ok) return decoded.reason;
    this.add(decoded.alert);
    return undefined;
  }

  private add(alert: StormAlert): void {
    this.isUrgent = true;
    this.telling.add(alert);
  }
}
