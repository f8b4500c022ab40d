// Files in, alerts out: reads the inputs side by side, the one furthest behind first, through the pipeline.

import { randomInt } from "node:crypto";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import type { DetectorSurvey } from "../../detector/detector.ts";
import { detectorSurvey } from "../../detector/detector.ts";
import type { AssemblerCounters } from "../../assembler/assembler.ts";
import { defaultAssemblerSettings } from "../../assembler/assembler.ts";
import type { FormatName } from "../../ingest/formats.ts";
import { HostTable } from "../../ingest/host-table.ts";
import type { IngestCounters } from "../../ingest/ingest.ts";
import { Ingest } from "../../ingest/ingest.ts";
import type { RejectionReason } from "../../ingest/rejection.ts";
import { zoneToUtc } from "../../ingest/time-zone.ts";
import { InputError } from "../../../shared/adapters/files/file-error.ts";
import type { WrongClock } from "../pipeline/set-aside.ts";
import { ReplayPipeline } from "../pipeline/replay-pipeline.ts";
import type { SquallConfig } from "../squall-config.ts";
import type { ReplayInput } from "./inputs.ts";

export interface ReplayProgress {
  readonly bytesRead: number;
  /** Undefined when an input is a pipe. */
  readonly bytesTotal: number | undefined;
  readonly lines: number;
  /** Event time reached, ms; undefined before the first stamp. */
  readonly eventTimeMs: number | undefined;
}

export interface ReplayOptions {
  readonly inputs: readonly ReplayInput[];
  readonly format: FormatName | "auto";
  readonly config: SquallConfig;
  readonly onAlert: (alert: StormAlert) => void;
  readonly onWindow: (window: ThreadWindow) => void;
  readonly onRejected: (rejected: { reason: RejectionReason; input: string; line: number; bytes: Buffer }) => void;
  /** Called after every chunk. */
  readonly onProgress: (progress: ReplayProgress) => void;
  /** Our own clock, ms since the epoch: it bears out the stamps of a log that is followed. */
  readonly nowMs: () => number;
  /** Ends the replay early; what was read so far counts. */
  readonly signal: AbortSignal;
}

export interface ReplayResult {
  readonly counters: IngestCounters;
  readonly assembler: AssemblerCounters;
  readonly survey: DetectorSurvey;
  /** Event time of the first and last line, ms; undefined when there was none. */
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly wrongClocks: readonly WrongClock[];
  /** Inputs that could not be read to their end. */
  readonly failures: readonly InputError[];
}

interface Reading {
  readonly input: ReplayInput;
  readonly ingest: Ingest;
  next: Buffer | undefined;
  done: boolean;
}

/** Runs a replay to the end of its inputs. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { config } = options;
  const pipeline = new ReplayPipeline({
    site: config.site,
    assembler: defaultAssemblerSettings,
    detector: config.detector,
    people: { name: (address) => address, allowSubject: config.detector.allowSubject },
    onAlert: options.onAlert,
    onWindow: options.onWindow,
  });
  const readings = createReadings(options, pipeline);
  const failures: InputError[] = [];
  for (;;) {
    const reading = furthestBehind(readings);
    if (reading === undefined || options.signal.aborted) break;
    await readChunk(reading, options.nowMs(), failures);
    pipeline.advance(completeUpTo(readings, config.detector.allowedLatenessMs), latestOf(readings));
    options.onProgress(progressOf(readings));
  }
  // Where it was ended early, too, this is all there is to judge clocks by.
  for (const { ingest } of readings) ingest.streamTime.end();
  const untilMs = latestOf(readings);
  pipeline.finish(untilMs);
  for (const { input } of readings) await input.file.close();
  return {
    counters: sumCounters(readings.map(({ ingest }) => ingest.counters)),
    assembler: pipeline.stages.assembler.counters,
    survey: detectorSurvey(pipeline.stages.detector),
    from: finite(Math.min(...readings.map(({ ingest }) => ingest.streamTime.earliest))),
    until: finite(untilMs),
    wrongClocks: pipeline.wrongClocks,
    failures,
  };
}

function createReadings(options: ReplayOptions, pipeline: ReplayPipeline): Reading[] {
  const { config } = options;
  const hashSeed = randomInt(2 ** 31);
  const hosts = new HostTable({ hostsMax: config.ingest.hostsMax, hashSeed });
  const toUtc = zoneToUtc(config.timezone);
  const { table } = pipeline.stages;
  return options.inputs.map((input) => ({
    input,
    next: input.first,
    done: input.first === undefined,
    ingest: new Ingest({
      site: config.site,
      format: options.format,
      lineBytesMax: config.ingest.lineBytesMax,
      year: input.year,
      toUtc,
      allowedLatenessMs: config.detector.allowedLatenessMs,
      hashSeed,
      listServers: new Set(config.ingest.listServers),
      table,
      hosts,
      onEvent: (event) => {
        table.addEvent(event);
      },
      onRejected: (reason, bytes, line) => {
        options.onRejected({ reason, input: input.file.name, line, bytes });
      },
    }),
  }));
}

function furthestBehind(readings: readonly Reading[]): Reading | undefined {
  let behind: Reading | undefined;
  for (const reading of readings) {
    if (reading.done) continue;
    if (behind === undefined || reading.ingest.streamTime.now < behind.ingest.streamTime.now) behind = reading;
  }
  return behind;
}

async function readChunk(reading: Reading, arrivedAtMs: number, failures: InputError[]): Promise<void> {
  const { ingest, input } = reading;
  try {
    const chunk = reading.next ?? (await input.file.read());
    reading.next = undefined;
    if (chunk !== undefined) {
      ingest.feed(chunk, arrivedAtMs);
      return;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    failures.push(error);
  }
  ingest.end();
  reading.done = true;
}

/** How far the inputs have come, ms; -Infinity before the first stamp. */
function latestOf(readings: readonly Reading[]): number {
  return Math.max(...readings.map(({ ingest }) => ingest.streamTime.latest));
}

/** Event time up to which every input has been read. */
function completeUpTo(readings: readonly Reading[], allowedLatenessMs: number): number {
  let behind = Number.POSITIVE_INFINITY;
  let ahead = Number.NEGATIVE_INFINITY;
  for (const { done, ingest } of readings) {
    const { now } = ingest.streamTime;
    if (done) ahead = Math.max(ahead, now);
    else behind = Math.min(behind, now);
  }
  return (behind === Number.POSITIVE_INFINITY ? ahead : behind) - allowedLatenessMs;
}

function progressOf(readings: readonly Reading[]): ReplayProgress {
  let bytesTotal: number | undefined = 0;
  for (const { input } of readings) {
    bytesTotal =
      bytesTotal === undefined || input.file.sizeBytes === undefined ? undefined : bytesTotal + input.file.sizeBytes;
  }
  return {
    bytesRead: readings.reduce((sum, { input }) => sum + input.file.bytesRead(), 0),
    bytesTotal,
    lines: readings.reduce((sum, { ingest }) => sum + ingest.counters.lines, 0),
    eventTimeMs: finite(latestOf(readings)),
  };
}

function sumCounters(all: readonly IngestCounters[]): IngestCounters {
  const sum: IngestCounters = { lines: 0, used: 0, other: 0, rejected: new Map() };
  for (const counters of all) {
    sum.lines += counters.lines;
    sum.used += counters.used;
    sum.other += counters.other;
    for (const [reason, count] of counters.rejected) sum.rejected.set(reason, (sum.rejected.get(reason) ?? 0) + count);
  }
  return sum;
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined;
}
