// The recorder as it stands, for metrics, readiness and the watchdog.

import type { WatchedPartition } from "../../shared/runtime/progress-watch.ts";
import type { BatchWriter, WriteCounters } from "./batch-writer-shell.ts";
import { lagRecords } from "./batch/partition-read.ts";
import type { PartitionRead } from "./batch/partition-read.ts";
import type { Intake, IntakeCounters } from "./intake-shell.ts";
import type { LetterWriter } from "./letter-writer-shell.ts";
import type { RecorderCounters } from "./recorder.ts";
import type { RecordingLoop } from "./recording-loop-shell.ts";
import type { WaitReason } from "./wait-reason.ts";

export interface PartitionStatus {
  readonly topic: string;
  readonly partition: number;
  /** Where to begin is known, and reading has begun there. */
  readonly isReading: boolean;
  /** Next to be read; the watchdog asks whether it moves. */
  readonly nextOffset: number;
  readonly endOffset: number;
  /** Records not stored yet. */
  readonly lagRecords: number;
}

export interface RecorderStatus {
  readonly partitions: readonly PartitionStatus[];
  readonly intake: Readonly<IntakeCounters>;
  readonly recorder: Readonly<RecorderCounters>;
  readonly writes: Readonly<WriteCounters>;
  readonly deadLetters: number;
  /** Windows kept of threads that nobody watches, and threads forgotten there for want of room. */
  readonly windowsKept: number;
  readonly threadsForgotten: number;
  readonly held: {
    readonly points: number;
    readonly bytes: number;
    /** Time of the oldest record that is not stored, as its topic has it. */
    readonly oldestMs: number | undefined;
  };
  /** Reading is paused: too much is held. */
  readonly isPaused: boolean;
  /** Why nothing can be stored now, and since when; undefined: it can. */
  readonly waits: { readonly reason: WaitReason; readonly sinceMs: number | undefined } | undefined;
  readonly deadLetterFailuresInRow: number;
  /** When something was last read or stored, by our clock; -Infinity before. */
  readonly progressAtMs: number;
}

export interface RecorderParts {
  readonly reads: readonly PartitionRead[];
  readonly intake: Intake;
  readonly batches: BatchWriter;
  readonly letters: LetterWriter;
  readonly loop: RecordingLoop;
}

export function recorderStatus({ reads, intake, batches, letters, loop }: RecorderParts): RecorderStatus {
  const { waitsFor, backoff } = batches;
  return {
    partitions: reads.map((read) => {
      const { topic, partition, phase, nextOffset, endOffset } = read;
      return { topic, partition, isReading: phase === "reading", nextOffset, endOffset, lagRecords: lagRecords(read) };
    }),
    intake: intake.counters,
    recorder: intake.recorder.counters,
    writes: batches.counters,
    deadLetters: letters.written,
    windowsKept: intake.recorder.windowsKept,
    threadsForgotten: intake.recorder.threadsForgotten,
    held: { points: loop.size, bytes: loop.bytes, oldestMs: loop.oldestMs },
    isPaused: loop.isFull,
    waits: waitsFor === undefined ? undefined : { reason: waitsFor, sinceMs: backoff.sinceMs },
    deadLetterFailuresInRow: letters.failuresInRow,
    progressAtMs: Math.max(intake.counters.readAtMs, batches.counters.storedAtMs),
  };
}

/** `isPaused`: too much waits to be stored. */
export function watchedReads(reads: Iterable<PartitionRead>, isPaused: boolean): WatchedPartition[] {
  const reading = [...reads].filter(({ phase }) => phase === "reading");
  return reading.map((reader) => ({ topic: reader.topic, partition: reader.partition, reader, isPaused }));
}
