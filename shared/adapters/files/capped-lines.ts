// Lines that are appended to a file up to a bound: what a process that runs for months sets aside must not fill its disk.

import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
import { inWords, whatIsWrong } from "./file-error.ts";

const PENDING_BYTES_MAX = 262_144;

export interface CappedLinesOptions {
  readonly path: string;
  /** The file is never longer than this, bytes. */
  readonly bytesMax: number;
  /** It is full, or cannot be written: one line for a person, once. */
  readonly onEnd: (message: string) => void;
}

export class CappedLines {
  /** Lines that were not written. */
  dropped = 0;
  private readonly options: CappedLinesOptions;
  private readonly descriptor: number;
  private bytes: number;
  private pending: string[] = [];
  private pendingBytes = 0;
  private isOver = false;

  /** Creates the file (0600) where there is none. Throws InputError when it cannot be written. */
  constructor(options: CappedLinesOptions) {
    this.options = options;
    try {
      this.descriptor = openSync(options.path, "a", 0o600);
      this.bytes = fstatSync(this.descriptor).size;
    } catch (error) {
      throw inWords(options.path, error, "writing");
    }
  }

  /** Takes a line; the line break is added. It is in the file after the next `flush`. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.isOver || this.bytes + this.pendingBytes + bytes > this.options.bytesMax) {
      this.dropped += 1;
      this.end(`${this.options.path}: is full (${this.options.bytesMax} bytes): what comes now is only counted`);
      return;
    }
    this.pending.push(`${line}\n`);
    this.pendingBytes += bytes;
    if (this.pendingBytes > PENDING_BYTES_MAX) this.flush();
  }

  flush(): void {
    if (this.pending.length === 0) return;
    const lines = this.pending.length;
    const bytes = Buffer.from(this.pending.join(""));
    this.pending = [];
    this.pendingBytes = 0;
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.descriptor, bytes, done);
      this.bytes += bytes.length;
    } catch (error) {
      this.dropped += lines;
      this.end(`${this.options.path}: ${whatIsWrong(error)}: what comes now is only counted`);
    }
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private end(message: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.options.onEnd(message);
  }
}
