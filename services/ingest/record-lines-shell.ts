// records of lines, one or many in each -> chunks for a reader, and which record a rejected line came in.
//
// Records are put side by side in one buffer, a newline behind each: a line that comes alone would else be carried over from chunk to
// chunk. Those of one batch have one time, that of their append.

import type { LogRecord } from "../../shared/runtime/topic-log.ts";

const CHUNK_BYTES = 262_144;
const NEWLINE = 10;

export class RecordLines {
  private readonly feed: (chunk: Buffer, arrivedAtMs: number) => void;
  private readonly chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  private filled = 0;
  private arrivedAtMs = 0;
  /** Where records begin in the chunk, and their offsets. */
  private readonly starts: number[] = [];
  private readonly offsets: number[] = [];
  /** Of a record that is read by itself. */
  private offset = 0;

  /** `feed`: reads a chunk in place. */
  constructor(feed: (chunk: Buffer, arrivedAtMs: number) => void) {
    this.feed = feed;
  }

  take(records: readonly LogRecord[]): void {
    for (const { value, offset, timestampMs } of records) {
      if (value === undefined || value.length === 0) continue;
      const bytes = value.length + 1;
      if (timestampMs !== this.arrivedAtMs || this.filled + bytes > CHUNK_BYTES) this.flush();
      this.arrivedAtMs = timestampMs;
      if (bytes > CHUNK_BYTES) this.feedAlone(value, offset);
      else this.put(value, offset);
    }
    this.flush();
  }

  /** Offset of the record that these bytes, handed out while a chunk was read, came in. */
  offsetOf(bytes: Buffer): number {
    if (bytes.buffer !== this.chunk.buffer) return this.offset;
    const at = bytes.byteOffset - this.chunk.byteOffset;
    const index = this.starts.findLastIndex((start) => start <= at);
    return this.offsets[index] ?? this.offset;
  }

  private put(value: Buffer, offset: number): void {
    this.starts.push(this.filled);
    this.offsets.push(offset);
    this.filled += value.copy(this.chunk, this.filled);
    if (value[value.length - 1] === NEWLINE) return;
    this.chunk[this.filled] = NEWLINE;
    this.filled += 1;
  }

  private feedAlone(value: Buffer, offset: number): void {
    this.offset = offset;
    this.feed(value, this.arrivedAtMs);
    if (value[value.length - 1] !== NEWLINE) this.feed(Buffer.of(NEWLINE), this.arrivedAtMs);
  }

  private flush(): void {
    if (this.filled === 0) return;
    const { filled } = this;
    this.filled = 0;
    this.offset = this.offsets[0] ?? this.offset;
    this.feed(this.chunk.subarray(0, filled), this.arrivedAtMs);
    this.starts.length = 0;
    this.offsets.length = 0;
  }
}
