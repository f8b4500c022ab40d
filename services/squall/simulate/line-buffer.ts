// log lines -> chunks of bytes. One big buffer is filled line by line; a full one is handed over and never touched again.

import type { LogClock } from "./log-clock.ts";
import { SECOND } from "./mail.ts";
import type { StampStyle } from "./set-up.ts";

/** A chunk is handed over when it has at least this many bytes. */
const CHUNK_FULL_BYTES = 192 * 1024;
/** The rest is room for one run of delivery lines or one event, written between two looks at `isFull`; a longer line makes room. */
const CHUNK_CAPACITY_BYTES = 256 * 1024;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const RFC3339_ZONE = "+00:00 ";
const SECONDS_TEXT_LENGTH = 19;
const DIGIT_ZERO = 48;

/** A buffer of log lines. A class because every delivery line goes through its fields. */
export class LineBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(CHUNK_CAPACITY_BYTES);
  length = 0;
  lines = 0;
  /** When the last line was written, in the scenario's time, microseconds since the epoch; as are all times here. */
  lastAt = 0;
  readonly clock: LogClock;
  private readonly style: StampStyle;
  private stampedSecond = -1;
  private stampText = "";

  constructor(style: StampStyle, clock: LogClock) {
    this.style = style;
    this.clock = clock;
  }

  get isFull(): boolean {
    return this.length >= CHUNK_FULL_BYTES;
  }

  /** Writes one line: stamp, then `rest` (latin1, no newline). */
  line(at: number, rest: string): void {
    this.stamp(at);
    this.text(rest);
    this.endLine();
  }

  /** Writes the stamp of a line with the space after it. Throws RangeError when time would go back: that is a fault of the simulator. */
  stamp(at: number): void {
    if (at < this.lastAt) throw new RangeError(`a line of ${at} after one of ${this.lastAt}`);
    this.lastAt = at;
    const shown = this.clock.shown(at);
    const second = Math.floor(shown / SECOND);
    if (second !== this.stampedSecond) {
      this.stampedSecond = second;
      this.stampText = this.style === "rfc3164" ? classicSecond(second) : isoSecond(second);
    }
    this.text(this.stampText);
    if (this.style === "rfc3339") this.writeMicros(this.length - RFC3339_ZONE.length - 6, shown - second * SECOND);
  }

  /** Writes one line whose stamp is a part of `text` already (latin1, no newline). Throws RangeError when time would go back. */
  stampedLine(at: number, text: string): void {
    if (at < this.lastAt) throw new RangeError(`a line of ${at} after one of ${this.lastAt}`);
    this.lastAt = at;
    this.makeRoom(text.length + 1);
    this.text(text);
    this.endLine();
  }

  /** The members of a big group, all in one row, are longer than any chunk. */
  private makeRoom(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const longer = Buffer.allocUnsafeSlow(this.length + bytes);
    this.bytes.copy(longer, 0, 0, this.length);
    this.bytes = longer;
  }

  text(text: string): void {
    this.length += this.bytes.write(text, this.length, "latin1");
  }

  /** Repeats bytes already in this chunk. */
  repeat(start: number, end: number): void {
    this.bytes.copyWithin(this.length, start, end);
    this.length += end - start;
  }

  endLine(): void {
    this.bytes[this.length] = 10;
    this.length += 1;
    this.lines += 1;
  }

  /** Sets the stamp of a line that repeats the line before it; only for a time within the same second as the last stamp. */
  restamp(lineStart: number, at: number): void {
    this.lastAt = at;
    if (this.style === "rfc3339")
      this.writeMicros(lineStart + SECONDS_TEXT_LENGTH + 1, this.clock.shown(at) - this.stampedSecond * SECOND);
  }

  /** Is a time shown within the second of the last stamp? */
  isSameSecond(at: number): boolean {
    return this.clock.shown(at) < (this.stampedSecond + 1) * SECOND;
  }

  /** Hands over what was written; the buffer goes on with fresh bytes. */
  take(): Buffer {
    const chunk = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafeSlow(CHUNK_CAPACITY_BYTES);
    this.length = 0;
    return chunk;
  }

  /** A copy of what was written; the buffer begins anew. For a little at a time. */
  takeCopy(): Buffer {
    const copy = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    return copy;
  }

  private writeMicros(at: number, micros: number): void {
    let rest = micros;
    for (let place = at + 5; place >= at; place -= 1) {
      const tenth = (rest / 10) | 0;
      this.bytes[place] = DIGIT_ZERO + rest - tenth * 10;
      rest = tenth;
    }
  }
}

function isoSecond(second: number): string {
  return `${new Date(second * 1000).toISOString().slice(0, SECONDS_TEXT_LENGTH)}.000000${RFC3339_ZONE}`;
}

/** "Nov  4 08:29:00 ": no year, no zone, day padded with a space. */
function classicSecond(second: number): string {
  const date = new Date(second * 1000);
  const day = String(date.getUTCDate()).padStart(2, " ");
  return `${MONTHS[date.getUTCMonth()] ?? "Jan"} ${day} ${date.toISOString().slice(11, SECONDS_TEXT_LENGTH)} `;
}
