// the bytes of one connection -> its messages, by RFC 6587: each either counted ("128 <22>1 …") or ended by a newline or NUL.
// Which of the two is told for every message anew, by its beginning. Whole messages are handed over in place.

import type { SyslogLoss } from "./syslog-counters.ts";

const NUL = 0;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const DIGIT_ZERO = 48;
/** A number below is no count: no message with a header is so short, but "1 2026-…" begins a line of RFC 5424 without its priority. */
const COUNT_LEAST = 10;
const COUNT_DIGITS_MOST = 9;
/** Room for a carried message at the beginning; more than that is given back behind it. */
const USUAL_BYTES = 2048;

export interface FrameReaderOptions {
  /** Longest message, bytes. */
  readonly messageBytesMax: number;
  /** Longest message that is skipped; a connection that announces more is of no use. */
  readonly skipBytesMax: number;
  readonly onMessage: (bytes: Buffer, start: number, end: number) => void;
  readonly onLoss: (reason: SyslogLoss) => void;
}

type State = "begin" | "counted" | "line" | "skip-counted" | "skip-line";

export class FrameReader {
  private readonly options: FrameReaderOptions;
  private state: State = "begin";
  /** Of the message that is not whole yet; in "begin" the digits of what may be a count. */
  private carry = Buffer.allocUnsafe(0);
  private carried = 0;
  /** In "begin" the number so far; else the bytes of a counted message that are to come. */
  private count = 0;
  /** First NUL of the chunk at hand, from where it was looked for last; its length when there is none. */
  private nul = 0;

  constructor(options: FrameReaderOptions) {
    this.options = options;
  }

  /** The chunk is not kept. False when the connection has to be closed. */
  feed(chunk: Buffer): boolean {
    this.nul = -1;
    let at = 0;
    while (at >= 0 && at < chunk.length) {
      if (this.state === "begin") at = this.begin(chunk, at);
      else if (this.state === "counted") at = this.counted(chunk, at);
      else if (this.state === "line") at = this.line(chunk, at);
      else at = this.skip(chunk, at);
    }
    return at >= 0;
  }

  /** The connection ended. What stands behind the last newline is a message when it was closed in order; a counted one is whole or none. */
  end(inOrder: boolean): void {
    if (inOrder && this.state === "line" && this.carried > 0) this.emitCarried();
    else if (this.carried > 0 || this.state === "counted") this.options.onLoss("message-cut-off");
    this.reset();
  }

  /** Tells a count from a line; digits are carried until it is known. Returns where to go on, -1 when the connection is of no use. */
  private begin(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.carried === 0 && (byte === NEWLINE || byte === CARRIAGE_RETURN || byte === NUL)) continue;
      const digit = byte - DIGIT_ZERO;
      if (digit >= (this.carried === 0 ? 1 : 0) && digit <= 9 && this.carried < COUNT_DIGITS_MOST) {
        this.keep(chunk, at, at + 1);
        this.count = this.count * 10 + digit;
        continue;
      }
      if (byte === SPACE && this.count >= COUNT_LEAST) return this.beginCounted() ? at + 1 : -1;
      this.state = "line";
      return at;
    }
    return chunk.length;
  }

  private beginCounted(): boolean {
    const { messageBytesMax, skipBytesMax, onLoss } = this.options;
    this.carried = 0;
    if (this.count > skipBytesMax) {
      onLoss("absurd-length");
      return false;
    }
    this.state = this.count > messageBytesMax ? "skip-counted" : "counted";
    if (this.state === "skip-counted") onLoss("message-too-long");
    return true;
  }

  private counted(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.count);
    this.count -= end - start;
    if (this.count > 0 || this.carried > 0) this.keep(chunk, start, end);
    else this.options.onMessage(chunk, start, end);
    if (this.count === 0) {
      if (this.carried > 0) this.emitCarried();
      this.reset();
    }
    return end;
  }

  private line(chunk: Buffer, start: number): number {
    const end = this.lineEnd(chunk, start);
    if (this.carried + end - start > this.options.messageBytesMax) {
      this.options.onLoss("message-too-long");
      this.carried = 0;
      this.state = "skip-line";
      return end;
    }
    if (end === chunk.length || this.carried > 0) this.keep(chunk, start, end);
    else this.options.onMessage(chunk, start, end);
    if (end === chunk.length) return end;
    if (this.carried > 0) this.emitCarried();
    this.reset();
    return end + 1;
  }

  private skip(chunk: Buffer, start: number): number {
    if (this.state === "skip-line") {
      const end = this.lineEnd(chunk, start);
      if (end === chunk.length) return end;
      this.reset();
      return end + 1;
    }
    const end = Math.min(chunk.length, start + this.count);
    this.count -= end - start;
    if (this.count === 0) this.reset();
    return end;
  }

  /** Position of the newline or NUL that ends a line, the chunk's length when it has none. */
  private lineEnd(chunk: Buffer, start: number): number {
    const newline = chunk.indexOf(NEWLINE, start);
    if (this.nul < start) {
      const nul = chunk.indexOf(NUL, start);
      this.nul = nul < 0 ? chunk.length : nul;
    }
    return Math.min(newline < 0 ? chunk.length : newline, this.nul);
  }

  private keep(chunk: Buffer, start: number, end: number): void {
    const bytes = this.carried + end - start;
    if (bytes > this.carry.length) {
      const larger = Buffer.allocUnsafe(
        Math.max(USUAL_BYTES, bytes, Math.min(bytes * 2, this.options.messageBytesMax)),
      );
      this.carry.copy(larger, 0, 0, this.carried);
      this.carry = larger;
    }
    chunk.copy(this.carry, this.carried, start, end);
    this.carried = bytes;
  }

  private emitCarried(): void {
    this.options.onMessage(this.carry, 0, this.carried);
  }

  private reset(): void {
    this.state = "begin";
    this.count = 0;
    this.carried = 0;
    if (this.carry.length > USUAL_BYTES) this.carry = Buffer.allocUnsafe(0);
  }
}
