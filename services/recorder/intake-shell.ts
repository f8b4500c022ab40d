// What was read of the two topics -> points and dead letters of the batch that is being filled.

import type { DecodeFault } from "../../shared/domain/decode-fault.ts";
import { isSilenceLine } from "../../shared/domain/silence-line.ts";
import { isProgressLine } from "../../shared/domain/stream-progress.ts";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { decodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { PointWriter } from "../../shared/runtime/point-writer.ts";
import type { LogBatch, LogRecord } from "../../shared/runtime/topic-log.ts";
import type { DeadLetterReason } from "./batch/dead-letter.ts";
import type { Origin, PartitionRead } from "./batch/partition-read.ts";
import { wasHandled } from "./batch/partition-read.ts";
import type { PendingBatch } from "./batch/pending-batch.ts";
import { readRecord } from "./batch/record-reader.ts";
import type { Recorded, RecorderBounds } from "./recorder.ts";
import { Recorder } from "./recorder.ts";

export interface IntakeOptions {
  readonly lineOf: PointWriter["lineOf"];
  readonly windowsTopic: string;
  readonly alertsTopic: string;
  readonly bounds: RecorderBounds;
}

export interface IntakeCounters {
  /** By topic. */
  readonly records: Map<string, number>;
  windows: number;
  alerts: number;
  /** Lines that are neither, by why; each becomes a dead letter, once. */
  readonly unreadable: Map<DeadLetterReason, number>;
  /** When something was last read, by our clock. */
  readAtMs: number;
}

type Reading = { readonly ok: true; readonly value: readonly Recorded<Origin>[] } | DecodeFault;

export class Intake {
  readonly counters: IntakeCounters = {
    records: new Map(),
    windows: 0,
    alerts: 0,
    unreadable: new Map(),
    readAtMs: Number.NEGATIVE_INFINITY,
  };
  readonly recorder: Recorder<Origin>;
  private readonly options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.options = options;
    this.recorder = new Recorder(options.bounds);
    for (const topic of [options.windowsTopic, options.alertsTopic]) this.counters.records.set(topic, 0);
  }

  /** `batch` goes into `filling`. */
  take(read: PartitionRead, batch: LogBatch, filling: PendingBatch, nowMs: number): void {
    this.counters.readAtMs = nowMs;
    const { records } = this.counters;
    records.set(read.topic, (records.get(read.topic) ?? 0) + batch.records.length);
    for (const record of batch.records) this.takeRecord({ read, offset: record.offset }, record, filling, nowMs);
    filling.reach(read, batch.nextOffset, nowMs);
  }

  private takeRecord(origin: Origin, { value, timestampMs }: LogRecord, filling: PendingBatch, nowMs: number): void {
    if (value === undefined) return;
    filling.noteRecord(timestampMs);
    const read = origin.read.topic === this.options.windowsTopic ? this.readWindow : this.readAlert;
    readRecord(
      value,
      (line) => read(line, origin),
      (recorded) => {
        for (const { point, encode } of recorded) {
          const { line, identity } = this.options.lineOf(point);
          filling.addPoint(identity, { line, bytes: Buffer.byteLength(line) + 1, origin, encode }, nowMs);
        }
      },
      ({ reason, detail, line }) => {
        // Read a second time after a new assignment: it is a dead letter already.
        if (wasHandled(origin)) return;
        this.counters.unreadable.set(reason, (this.counters.unreadable.get(reason) ?? 0) + 1);
        filling.addLetter({ origin, reason, detail, value: line });
      },
    );
  }

  private readonly readWindow = (line: string, origin: Origin): Reading => {
    const decoded = decodeThreadWindow(line);
    if (!decoded.ok) return decoded;
    this.counters.windows += 1;
    return { ok: true, value: this.recorder.addWindow(decoded.window, origin) };
  };

  private readonly readAlert = (line: string, origin: Origin): Reading => {
    // Words of an operator, and of detectors, to the alerter.
    if (isSilenceLine(line) || isProgressLine(line)) return { ok: true, value: [] };
    const decoded = decodeStormAlert(line);
    if (!decoded.ok) return decoded;
    this.counters.alerts += 1;
    return { ok: true, value: this.recorder.addAlert(decoded.alert, origin) };
  };
}
