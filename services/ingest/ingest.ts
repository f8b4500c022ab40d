// chunks of one input -> fragments in a shared table, finished MailEvents, and a named reason for every line not taken.

import type { MailEvent } from "../../shared/domain/mail-event.ts";
import { type ArrivalCounters, ArrivalTime } from "./arrival-time.ts";
import { spells } from "./bytes.ts";
import type { FragmentTable } from "./combine.ts";
import { type LineReader, ShippedLines } from "./envelopes/shipped-lines.ts";
import type { FormatName, LineFormat } from "./formats.ts";
import { FORMATS } from "./formats.ts";
import type { HostTable } from "./host-table.ts";
import { decodeUtf8 } from "./json-line.ts";
import { LineFeed, type LineSink } from "./line-feed.ts";
import type { LineOutcome, RejectionReason } from "./rejection.ts";
import { StreamTime } from "./stream-time.ts";
import { StampReader } from "./syslog-stamp.ts";
import type { IngestState } from "./state/ingest-state.ts";
import type { ZoneToUtc } from "./time-zone.ts";

const NEWLINE = 10;
const OPEN_BRACE = 123;
const NOTHING = Buffer.alloc(0);
/** What some Windows programs put in front of a file. */
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

export interface IngestOptions {
  readonly site: string;
  readonly format: FormatName | "auto";
  /** Longest line, bytes, unless its format has longer ones. */
  readonly lineBytesMax: number;
  /** Year of the first stamp that names none; undefined: the latest that is not past its arrival. */
  readonly year: number | undefined;
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
export class Ingest implements LineSink, LineReader {
  readonly counters: IngestCounters = { lines: 0, used: 0, other: 0, rejected: new Map() };
  readonly streamTime: StreamTime;
  private readonly options: IngestOptions;
  private readonly arrival = new ArrivalTime();
  private readonly formats: readonly LineFormat[];
  /** Of the formats, in the same order. */
  private readonly names: readonly FormatName[];
  private current: LineFormat | undefined;
  private readonly stamps: StampReader;
  private readonly feeder: LineFeed;
  private readonly shipped = new ShippedLines(this);
  /** No line of the file has been read. */
  private isFirst = true;
  /** The chunk, or one before of which a tail may be carried, holds a NUL. */
  private nulNear = false;
  private nulBefore = false;

  constructor(options: IngestOptions) {
    this.options = options;
    this.streamTime = new StreamTime(options.allowedLatenessMs);
    const { streamTime, arrival } = this;
    this.stamps = new StampReader({ ...options, streamTime });
    const context = { ...options, stamps: this.stamps, streamTime, arrival };
    const chosen = FORMATS.filter((format) => options.format === "auto" || format.name === options.format);
    this.formats = chosen.map((format) => format.create(context));
    this.names = chosen.map(({ name }) => name);
    this.current = this.formats[0];
    this.feeder = new LineFeed(this, this.lineBytesMax());
  }

  /** The chunk is read in place and not kept. `arrivedAtMs`: by our own clock; NaN when that says nothing of its time. */
  feed(chunk: Buffer, arrivedAtMs = Number.NaN): void {
    this.streamTime.arrive(arrivedAtMs);
    this.arrival.arrive(arrivedAtMs, this.streamTime.reached(arrivedAtMs));
    this.shipped.arrive(chunk);
    const hasNul = chunk.includes(0);
    this.nulNear = hasNul || this.nulBefore;
    this.feeder.feed(chunk);
    this.nulBefore = hasNul || (this.nulBefore && !chunk.includes(NEWLINE));
  }

  /** A record of a partition: one line or several, and its end ends the last. `appendedAtMs`: by its broker's clock. */
  feedRecord(value: Buffer, appendedAtMs: number): void {
    this.feed(value, appendedAtMs);
    this.endLine();
  }

  /** Of a log that is followed: all there is has been read, at `nowMs` by our own clock. */
  wait(nowMs: number): void {
    this.streamTime.wait(nowMs);
    this.arrival.wait(nowMs);
  }

  /** Of a log that is followed: what is fed next is the beginning of another file. What was left of the one before is a line. */
  begin(): void {
    this.endLine();
    this.isFirst = true;
    for (const format of this.formats) format.begin?.();
  }

  /** Bytes fed that a reader which is taken up from `state` must be fed again: those of a line that has not ended. */
  get unusedBytes(): number {
    return this.feeder.unusedBytes;
  }

  get clocks(): Readonly<ArrivalCounters> {
    return this.arrival.counters;
  }

  /** What a reader must know to go on before the unused bytes as this one would. */
  state(): IngestState {
    const { streamTime, arrival, stamps, counters, isFirst, feeder } = this;
    const current = this.current === undefined ? undefined : this.names[this.formats.indexOf(this.current)];
    const formats = new Map<FormatName, unknown>();
    this.names.forEach((name, index) => {
      const state = this.formats[index]?.state?.();
      if (state !== undefined) formats.set(name, state);
    });
    return {
      current,
      formats,
      counters,
      streamTime: streamTime.state(),
      arrival: arrival.state(),
      stamps: stamps.state(),
      isFirst,
      discarded: feeder.discarded,
    };
  }

  /** Takes that back, before anything is fed. Returns the name of the format that does not know its own part. */
  restore(state: IngestState): FormatName | undefined {
    const { lines, used, other, rejected } = state.counters;
    Object.assign(this.counters, { lines, used, other });
    for (const [reason, count] of rejected) this.counters.rejected.set(reason, count);
    this.streamTime.restore(state.streamTime);
    this.arrival.restore(state.arrival);
    this.stamps.restore(state.stamps);
    this.isFirst = state.isFirst;
    if (state.discarded !== undefined) this.feeder.goOnDiscarding(state.discarded);
    for (const [index, format] of this.formats.entries()) {
      const name = this.names[index];
      if (name === state.current) this.current = format;
      if (name !== undefined && state.formats.has(name) && format.restore?.(state.formats.get(name)) === false)
        return name;
    }
    this.feeder.lineBytesMax = this.lineBytesMax();
    return undefined;
  }

  /** The input ended; what stood behind the last newline is a line too. */
  end(): void {
    this.endLine();
    this.streamTime.end();
  }

  private endLine(): void {
    this.shipped.arrive(NOTHING);
    this.feeder.end();
    this.nulBefore = false;
  }

  /** For the line feed. */
  onTooLong(bytes: Buffer, start: number, end: number): void {
    this.counters.lines += 1;
    this.isFirst = false;
    this.reject("line-too-long", bytes, start, end);
  }

  /** For the line feed. */
  onLine(bytes: Buffer, start: number, end: number): void {
    const counters = this.counters;
    counters.lines += 1;
    if (this.isFirst) {
      this.isFirst = false;
      if (spells(bytes, start, BYTE_ORDER_MARK)) start += BYTE_ORDER_MARK.length;
    }
    if (this.nulNear && bytes.subarray(start, end).includes(0)) {
      this.reject("nul-byte", bytes, start, end);
      return;
    }
    let outcome: LineOutcome = "not-mine";
    if (bytes[start] === OPEN_BRACE) outcome = this.shipped.read(bytes, start, end);
    if (outcome === "not-mine") outcome = this.readLine(bytes, start, end);
    if (outcome === "used") counters.used += 1;
    else if (outcome === "other") counters.other += 1;
    else if (outcome === "not-mine") this.reject(this.unknownReason(bytes, start, end), bytes, start, end);
    else this.reject(outcome, bytes, start, end);
  }

  /** For what is shipped, too: the line in it. */
  readLine(bytes: Buffer, start: number, end: number): LineOutcome {
    const outcome = this.current?.parse(bytes, start, end) ?? "not-mine";
    return outcome === "not-mine" ? this.tryOthers(bytes, start, end) : outcome;
  }

  private tryOthers(bytes: Buffer, start: number, end: number): LineOutcome {
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
