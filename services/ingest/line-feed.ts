// chunks of bytes -> whole lines, as (bytes, start, end) in place: no copy but for the tail that a chunk leaves behind.

import { lesser } from "./bytes.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Who takes the lines. Methods of a class: the engine joins those into the loop, and a closure only behind a chain of checks. */
export interface LineSink {
  onLine(bytes: Buffer, start: number, end: number): void;
  onTooLong(bytes: Buffer, start: number, end: number): void;
}

/** Bytes of an overlong line that are shown to `onTooLong`. */
const SHOWN_BYTES = 256;
/** Room for a carried tail at the beginning; it grows with the lines that come. */
const FIRST_CARRY_BYTES = 65_538;

/** Cuts a stream into lines. A line ends with LF or CR LF; the last may end with the stream. Empty lines are passed over. */
export class LineFeed {
  /** Longest line in bytes; what is longer is discarded whole and told by `onTooLong` with its first bytes. May change between lines. */
  lineBytesMax: number;
  private readonly sink: LineSink;
  private carry: Buffer;
  private carried = 0;
  private discarding = false;

  /** `lineBytesMax`: to begin with. */
  constructor(sink: LineSink, lineBytesMax: number) {
    this.sink = sink;
    this.lineBytesMax = lineBytesMax;
    this.carry = Buffer.allocUnsafe(lesser(lineBytesMax + 2, FIRST_CARRY_BYTES));
  }

  feed(chunk: Buffer): void {
    let start = 0;
    if (this.carried > 0 || this.discarding) {
      const newline = chunk.indexOf(NEWLINE);
      const end = newline < 0 ? chunk.length : newline;
      this.extendCarry(chunk, 0, end);
      if (newline < 0) return;
      this.endCarriedLine();
      start = newline + 1;
    }
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline < 0) break;
      this.line(chunk, start, newline);
      start = newline + 1;
    }
    this.extendCarry(chunk, start, chunk.length);
  }

  /** Bytes fed of a line that has not ended and is read again when the stream is taken up before them; what is discarded is not. */
  get unusedBytes(): number {
    return this.discarding ? 0 : this.carried;
  }

  /** First bytes of an overlong line at hand, whose rest is discarded. */
  get discarded(): Buffer | undefined {
    return this.discarding ? this.carry.subarray(0, Math.min(SHOWN_BYTES, this.carried)) : undefined;
  }

  /** Goes on within an overlong line that began with `shown`. */
  goOnDiscarding(shown: Buffer): void {
    this.carried = shown.copy(this.carry);
    this.discarding = true;
  }

  /** The stream ended: what was carried is its last line. */
  end(): void {
    if (this.carried > 0 || this.discarding) this.endCarriedLine();
  }

  private line(bytes: Buffer, start: number, end: number): void {
    const trimmed = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (trimmed - start > this.lineBytesMax) {
      this.sink.onTooLong(bytes, start, Math.min(start + SHOWN_BYTES, trimmed));
    } else if (trimmed > start) {
      this.sink.onLine(bytes, start, trimmed);
    }
  }

  private extendCarry(chunk: Buffer, start: number, end: number): void {
    if (this.discarding) return;
    // A carriage return may stand behind the longest line.
    const fits = Math.max(0, Math.min(end - start, this.lineBytesMax + 1 - this.carried));
    this.makeRoom(this.carried + fits + 1);
    chunk.copy(this.carry, this.carried, start, start + fits);
    this.carried += fits;
    if (fits < end - start) this.discarding = true;
  }

  private makeRoom(bytes: number): void {
    if (bytes <= this.carry.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, Math.min(this.carry.length * 2, this.lineBytesMax + 2)));
    this.carry.copy(larger, 0, 0, this.carried);
    this.carry = larger;
  }

  private endCarriedLine(): void {
    if (this.discarding) this.sink.onTooLong(this.carry, 0, Math.min(SHOWN_BYTES, this.carried));
    else {
      // Behind a line stands a newline, here as in a chunk: never what an earlier line left.
      this.carry[this.carried] = NEWLINE;
      this.line(this.carry, 0, this.carried);
    }
    this.carried = 0;
    this.discarding = false;
  }
}
