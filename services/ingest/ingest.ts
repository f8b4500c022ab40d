// chunks of one input -> fragments in a shared table, finished MailEvents, and a named reason for every line not taken.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { spells } from "./bytes.ts";
import type { FragmentTable } from "./combine.ts";
import type { FormatName, LineFormat } from "./formats.ts";
import { FORMATS } from "./formats.ts";
import type { HostTable } from "./host-table.ts";
import { decodeUtf8 } from "./json-line.ts";
import { LineFeed } from "./line-feed.ts";
import type { RejectionReason } from "./rejection.ts";
import { StreamTime } from "./stream-time.ts";
import { StampReader } from "./syslog-stamp.ts";
import type { ZoneToUtc } from "./time-zone.ts";

const NEWLINE = 10;
/** What some Windows programs put in front of a file. */
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

export interface IngestOptions {
  readonly site: string;
  readonly format: FormatName | "auto";
  /** Longest line, bytes, unless its format has longer ones. */
  readonly lineBytesMax: number;
  /** Year of the first stamp that names none. */
  readonly year: number;
  readonly toUtc: ZoneToUtc;
  readonly allowedLatenessMs: number;
  /** Secret of this run for the hash tables; shows in no output. */
  readonly hashSeed: number;
  readonly listServers: ReadonlySet<string>;
  readonly table: FragmentTable;
  readonly hosts: HostTable;
  readonly onEvent: (event: MailEvent) => void;
  /** A line not taken, to be copied if it is to be kept; `line` counts from 1. */
  readonly onRejected: (reason: RejectionReason, bytes: Buffer, line: number) => void;
}

export interface IngestCounters {
  lines: number;
  /** Lines that told something of a mail. */
  used: number;
  /** Sound lines of no interest: other programs, connects, warnings. */
  other: number;
  readonly rejected: Map<RejectionReason, number>;
}

/** Reads one input (a file, a pipe, a connection) from its first byte to its last. */
export class Ingest {
  readonly counters: IngestCounters = { lines: 0, used: 0, other: 0, rejected: new Map() };
  readonly streamTime: StreamTime;
  private readonly options: IngestOptions;
  private readonly formats: readonly LineFormat[];
  private current: LineFormat | undefined;
  private readonly feeder: LineFeed;
  /** The chunk, or one before of which a tail may be carried, holds a NUL. */
  private nulNear = false;
  private nulBefore = false;
  /** The next line is the first of a file. */
  private isBeginning = true;

  constructor(options: IngestOptions) {
    this.options = options;
    this.streamTime = new StreamTime(options.allowedLatenessMs);
    const stamps = new StampReader({ ...options, streamTime: this.streamTime });
    const context = { ...options, stamps, streamTime: this.streamTime };
    const chosen = FORMATS.filter((format) => options.format === "auto" || format.name === options.format);
    this.formats = chosen.map((format) => format.create(context));
    this.current = this.formats[0];
    this.feeder = new LineFeed({
      lineBytesMax: this.lineBytesMax(),
      onLine: (bytes, start, end) => {
        this.line(bytes, start, end);
      },
      onTooLong: (bytes, start, end) => {
        this.counters.lines += 1;
        this.isBeginning = false;
        this.reject("line-too-long", bytes, start, end);
      },
    });
  }

  /** The chunk is read in place and not kept. `arrivedAtMs`: by our own clock; NaN when that says nothing of its time. */
  feed(chunk: Buffer, arrivedAtMs = Number.NaN): void {
    this.streamTime.arrive(arrivedAtMs);
    const hasNul = chunk.includes(0);
    this.nulNear = hasNul || this.nulBefore;
    this.feeder.feed(chunk);
    this.nulBefore = hasNul || (this.nulBefore && !chunk.includes(NEWLINE));
  }

  /** Bytes that were fed and are no whole line yet: an input that is read on later is read on so much earlier. */
  get unusedBytes(): number {
    return this.feeder.unusedBytes;
  }

  /** What is fed next is the beginning of another file of the same input: what stood behind the last newline is a line of its own. */
  begin(): void {
    this.feeder.end();
    this.isBeginning = true;
    this.nulBefore = false;
  }

  /** The input ended; what stood behind the last newline is a line too. */
  end(): void {
    this.feeder.end();
    this.streamTime.end();
  }

  private line(bytes: Buffer, start: number, end: number): void {
    const counters = this.counters;
    counters.lines += 1;
    if (this.isBeginning) {
      this.isBeginning = false;
      if (spells(bytes, start, BYTE_ORDER_MARK)) start += BYTE_ORDER_MARK.length;
    }
    if (this.nulNear && bytes.subarray(start, end).includes(0)) {
      this.reject("nul-byte", bytes, start, end);
      return;
    }
    let outcome = this.current?.parse(bytes, start, end) ?? "not-mine";
    if (outcome === "not-mine") outcome = this.tryOthers(bytes, start, end);
    if (outcome === "used") counters.used += 1;
    else if (outcome === "other") counters.other += 1;
    else if (outcome === "not-mine") this.reject(this.unknownReason(bytes, start, end), bytes, start, end);
    else this.reject(outcome, bytes, start, end);
  }

  private tryOthers(bytes: Buffer, start: number, end: number): ReturnType<LineFormat["parse"]> {
    for (const format of this.formats) {
      if (format === this.current) continue;
      const outcome = format.parse(bytes, start, end);
      if (outcome === "not-mine") continue;
      this.current = format;
      this.feeder.lineBytesMax = this.lineBytesMax();
      return outcome;
    }
    return "not-mine";
  }

  /** A line that is as long as a group of people is large counts only in the format that has such lines. */
  private lineBytesMax(): number {
    return Math.max(this.options.lineBytesMax, this.current?.lineBytesMax ?? 0);
  }

  private unknownReason(bytes: Buffer, start: number, end: number): RejectionReason {
    return decodeUtf8(bytes.subarray(start, end)) === undefined ? "invalid-utf8" : "not-recognised";
  }

  private reject(reason: RejectionReason, bytes: Buffer, start: number, end: number): void {
    this.counters.rejected.set(reason, (this.counters.rejected.get(reason) ?? 0) + 1);
    this.options.onRejected(reason, bytes.subarray(start, end), this.counters.lines);
  }
}
