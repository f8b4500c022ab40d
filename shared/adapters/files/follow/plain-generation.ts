// One generation of a log as it is written: read to the end of its last whole line, and known to be the same file still each time.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { bornOf, isAbsent, numberOf } from "./file-place.ts";
import type { Generation, ReadOutcome } from "./generation.ts";
import { lastBytes } from "./generation.ts";
import type { GenerationMark, Print } from "./generation-mark.ts";
import { HEAD_BYTES, printOf } from "./generation-mark.ts";

const NEWLINE = 10;
const NO_BYTES = Buffer.alloc(0);

export interface ReadingOptions {
  /** What all files are read into; its length is that of the longest chunk. */
  readonly buffer: Buffer;
  readonly nowMs: () => number;
}

/** Bytes of the first of the file, for comparing; one for all, as reading is synchronous. */
const first = Buffer.alloc(HEAD_BYTES);

export class PlainGeneration implements Generation {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  offset: number;
  readonly settled = undefined;
  isMidLine = false;
  grewAtMs: number;
  tail: Buffer = NO_BYTES;
  private readonly descriptor: number;
  private readonly options: ReadingOptions;
  private head: Buffer = NO_BYTES;
  private readonly born: string;
  private headPrint: Print | undefined;
  /** What was handed out last; empty when that is not known. */
  private before: Buffer = NO_BYTES;

  /** Takes the descriptor over, unless it throws. */
  constructor(path: string, descriptor: number, options: ReadingOptions) {
    const stat = fstatSync(descriptor, { bigint: true });
    const { device, inode } = numberOf(stat);
    this.path = path;
    this.device = device;
    this.inode = inode;
    this.born = bornOf(stat);
    this.descriptor = descriptor;
    this.options = options;
    this.offset = 0;
    this.grewAtMs = options.nowMs();
    this.isSame(0);
  }

  get size(): number {
    return fstatSync(this.descriptor).size;
  }

  standing(): "empty" | "unknown" | "known" {
    if (this.offset > 0 || this.head.length > 0) return "known";
    return this.size > 0 ? "unknown" : "empty";
  }

  /** Goes on at the offset: all before it was handed out. */
  skipTo(offset: number): void {
    this.offset = offset;
  }

  /** Knows the first bytes, if there are any by now. False when they are others than they were. */
  confirm(): boolean {
    return this.isSame(0);
  }

  /** Bytes from a place on, without handing them out; valid until the next read. */
  peek(from: number, bytes: number): Buffer {
    const { buffer } = this.options;
    return buffer.subarray(0, readSync(this.descriptor, buffer, 0, Math.min(bytes, buffer.length), from));
  }

  read(): ReadOutcome {
    const { buffer } = this.options;
    const bytesRead = readSync(this.descriptor, buffer, 0, buffer.length, this.offset);
    // Asked after reading: what was read before a file was emptied is what stood there.
    if (!this.isSame(bytesRead)) return "truncated";
    if (bytesRead > this.tail.length) this.grewAtMs = this.options.nowMs();
    let length = bytesRead === 0 ? 0 : buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1;
    const isLongerThanBuffer = length === 0 && bytesRead === buffer.length;
    if (isLongerThanBuffer) length = bytesRead;
    this.keepTail(buffer.subarray(length, bytesRead));
    if (length === 0) return "nothing";
    this.isMidLine = isLongerThanBuffer;
    return this.handOut(buffer.subarray(0, length));
  }

  takeTail(): Buffer {
    const { tail } = this;
    this.tail = NO_BYTES;
    return this.handOut(tail);
  }

  mark(unusedBytes: number): GenerationMark {
    const { path, device, inode, before } = this;
    this.headPrint ??= printOf(this.head);
    const offset = Math.max(0, this.offset - unusedBytes);
    const known = { path, device, inode, offset, head: this.headPrint };
    if (this.head.length === 0) return { ...known, born: this.born };
    return unusedBytes > 0 || before.length === 0 ? known : { ...known, before: printOf(before) };
  }

  breakLine(): void {
    this.isMidLine = false;
  }

  /** What was handed out before, by a reading that failed, ended within a line. */
  continueLine(): void {
    this.isMidLine = true;
  }

  close(): void {
    try {
      closeSync(this.descriptor);
    } catch {
      // Of a disk that is gone. It is closed all the same.
    }
  }

  private handOut(chunk: Buffer): Buffer {
    this.offset += chunk.length;
    this.before = lastBytes(this.before, chunk);
    return chunk;
  }

  /** Lost with the file when that is emptied: a copy is kept. */
  private keepTail(tail: Buffer): void {
    if (!tail.equals(this.tail)) this.tail = Buffer.from(tail);
  }

  /** It is no shorter than it was, and begins as it began; `bytesRead` are in the buffer, from the offset on. */
  private isSame(bytesRead: number): boolean {
    const { head, offset } = this;
    if (fstatSync(this.descriptor).size < offset + this.tail.length) return false;
    const length = readSync(this.descriptor, first, 0, HEAD_BYTES, 0);
    if (length < head.length || head.compare(first, 0, head.length) !== 0) return false;
    if (offset < length) {
      const overlap = Math.min(length - offset, bytesRead);
      if (this.options.buffer.compare(first, offset, offset + overlap, 0, overlap) !== 0) return false;
    }
    if (length > head.length) {
      this.head = Buffer.from(first.subarray(0, length));
      this.headPrint = undefined;
    }
    return true;
  }
}

/** Undefined when nothing is there. Throws the system's error. */
export function openPlain(path: string, options: ReadingOptions): PlainGeneration | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  try {
    return new PlainGeneration(path, descriptor, options);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
