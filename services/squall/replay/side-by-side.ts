// The inputs of one replay read side by side, always the one furthest behind in event time. A file is opened when all others
// have come to its first stamp, and closed at its end, so that a row of daily logs is open one or two at a time.

import { InputError } from "../../../shared/adapters/files/file-error.ts";
import type { InputFile } from "../../../shared/adapters/files/input-file.ts";
import type { Ingest, IngestCounters } from "../../ingest/ingest.ts";
import type { StreamTime } from "../../ingest/stream-time.ts";
import type { ReplayInput } from "./inputs.ts";
import { closeUnopened } from "./inputs.ts";

/** One that is open. */
interface Reading {
  readonly file: InputFile;
  readonly ingest: Ingest;
}

interface Waiting {
  readonly input: ReplayInput;
  /** First event time of its head, ms; -Infinity where that names none. */
  readonly from: number;
}

export interface ReplayProgress {
  readonly bytesRead: number;
  /** Undefined when an input is a pipe. */
  readonly bytesTotal: number | undefined;
  readonly lines: number;
  /** Event time reached, ms; undefined before the first stamp. */
  readonly eventTimeMs: number | undefined;
}

export interface SideBySideOptions {
  readonly inputs: readonly ReplayInput[];
  /** Our own clock, ms since the epoch: it bears out the stamps of a log that is followed. */
  readonly nowMs: () => number;
  readonly createIngest: (input: ReplayInput) => Ingest;
  /** First event time of an input's first bytes, ms; -Infinity where they name none. */
  readonly firstEventTime: (input: ReplayInput, head: Buffer) => number;
}

/** Event time an input has come to, ms: what is believed, or where it stands when nothing is proved yet. */
function comeTo({ ingest: { streamTime } }: Reading): number {
  return streamTime.now === Number.NEGATIVE_INFINITY ? streamTime.latest : streamTime.now;
}

export class SideBySide {
  /** Inputs that could not be opened or read to their end. */
  readonly failures: InputError[] = [];
  /** Of all inputs that were opened, in the order in which they were. */
  readonly counters: IngestCounters[] = [];
  readonly streamTimes: StreamTime[] = [];
  private readonly createIngest: (input: ReplayInput) => Ingest;
  private readonly nowMs: () => number;
  private readonly waiting: Waiting[];
  private readonly open: Reading[] = [];
  private readonly bytesTotal: number | undefined;
  private doneBytes = 0;
  private doneLines = 0;
  private doneUntil = Number.NEGATIVE_INFINITY;

  constructor({ inputs, nowMs, createIngest, firstEventTime }: SideBySideOptions) {
    this.createIngest = createIngest;
    this.nowMs = nowMs;
    this.bytesTotal = inputs.reduce<number | undefined>(
      (sum, { sizeBytes }) => (sum === undefined || sizeBytes === undefined ? undefined : sum + sizeBytes),
      0,
    );
    // Last first, so that the next one is the last of the array.
    this.waiting = inputs
      .map((input) => ({
        input,
        from: input.head === undefined ? Number.NEGATIVE_INFINITY : firstEventTime(input, input.head),
      }))
      .toSorted((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1))
      .toReversed();
  }

  /** Feeds one chunk of the input furthest behind; false when all have come to their end. */
  async readChunk(): Promise<boolean> {
    const behind = this.furthestBehind();
    const next = this.waiting.at(-1);
    if (next !== undefined && (behind === undefined || next.from < comeTo(behind))) this.openNext();
    else if (behind === undefined) return false;
    else await this.feed(behind);
    return true;
  }

  /** Event time that every input has come to, ms. */
  reached(): number {
    let behind = this.waiting.at(-1)?.from ?? Number.POSITIVE_INFINITY;
    for (const { ingest } of this.open) behind = Math.min(behind, ingest.streamTime.now);
    return behind === Number.POSITIVE_INFINITY ? this.doneUntil : behind;
  }

  /** How far the inputs have come, believed or not, ms; -Infinity before the first stamp. */
  latest(): number {
    let latest = this.doneUntil;
    for (const { ingest } of this.open) latest = Math.max(latest, ingest.streamTime.latest);
    return latest;
  }

  /** Nothing more is read: stream times are what they are. */
  endTime(): void {
    for (const { ingest } of this.open) ingest.streamTime.end();
  }

  progress(): ReplayProgress {
    let bytesRead = this.doneBytes;
    let lines = this.doneLines;
    for (const { file, ingest } of this.open) {
      bytesRead += file.bytesRead();
      lines += ingest.counters.lines;
    }
    const latest = this.latest();
    const eventTimeMs = Number.isFinite(latest) ? latest : undefined;
    return { bytesRead, bytesTotal: this.bytesTotal, lines, eventTimeMs };
  }

  /** Closes what is open, at the end or before it. */
  async close(): Promise<void> {
    for (const { file } of this.open) await file.close();
    await closeUnopened(this.waiting.map(({ input }) => input));
  }

  private furthestBehind(): Reading | undefined {
    let behind: Reading | undefined;
    for (const reading of this.open) {
      if (behind === undefined || reading.ingest.streamTime.now < behind.ingest.streamTime.now) behind = reading;
    }
    return behind;
  }

  private openNext(): void {
    const next = this.waiting.pop();
    if (next === undefined) return;
    try {
      const reading = { file: next.input.open(), ingest: this.createIngest(next.input) };
      this.open.push(reading);
      this.counters.push(reading.ingest.counters);
      this.streamTimes.push(reading.ingest.streamTime);
    } catch (error) {
      this.fail(error);
    }
  }

  private async feed(reading: Reading): Promise<void> {
    const { file, ingest } = reading;
    try {
      const chunk = await file.read();
      if (chunk !== undefined) {
        // Our clock bears out what is being written now, as a pipe may be; a file was there before.
        ingest.feed(chunk, file.sizeBytes === undefined ? this.nowMs() : Number.NaN);
        return;
      }
    } catch (error) {
      this.fail(error);
    }
    ingest.end();
    this.open.splice(this.open.indexOf(reading), 1);
    this.doneBytes += file.bytesRead();
    this.doneLines += ingest.counters.lines;
    this.doneUntil = Math.max(this.doneUntil, ingest.streamTime.now);
    await file.close();
  }

  private fail(error: unknown): void {
    if (!(error instanceof InputError)) throw error;
    this.failures.push(error);
  }
}
