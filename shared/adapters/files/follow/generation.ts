// One generation of a log: a file from its first byte until it is rotated away or emptied.

import type { FileNumber, FilePlace } from "./file-place.ts";
import type { GenerationMark } from "./generation-mark.ts";
import { BEFORE_BYTES } from "./generation-mark.ts";

/**
 * "nothing": at its end, as far as it was written. "waiting": more is there, not yet at hand. "truncated": what was read of it
 * stands there no more. "ended": nothing will ever come.
 */
export type ReadOutcome = Buffer | "nothing" | "waiting" | "truncated" | "ended";

export interface Generation extends FileNumber {
  /** What it was called when it was opened. */
  readonly path: string;
  /** Bytes handed out, inflated. */
  readonly offset: number;
  /** What was handed out ends within a line. */
  readonly isMidLine: boolean;
  /** When it last was seen to grow, or was opened. */
  readonly grewAtMs: number;
  /** The file as it was found, of one to which nothing can be written any more. */
  readonly settled: FilePlace | undefined;
  /** Bytes behind the last whole line, read and not handed out. */
  readonly tail: Buffer;
  /** "unknown": bytes have come into a file that was empty; whether it is what follows has to be asked again. */
  standing(): "empty" | "unknown" | "known";
  /** Takes what is there for its own; false when it is not what it was. */
  confirm(): boolean;
  /** The next bytes, up to the end of a line where there is one. Throws the system's error. */
  read(): ReadOutcome;
  /** The tail is a line: nothing more is expected to be written behind it. */
  takeTail(): Buffer;
  /** The line that was begun is given up. */
  breakLine(): void;
  /** What was handed out before, by a reading that failed, ended within a line. */
  continueLine(): void;
  /** Where to go on, `unusedBytes` before what was handed out. */
  mark(unusedBytes: number): GenerationMark;
  close(): void;
}

/** The last bytes that were handed out: `kept` and `chunk` behind it. */
export function lastBytes(kept: Buffer, chunk: Buffer): Buffer {
  if (chunk.length >= BEFORE_BYTES) return Buffer.from(chunk.subarray(chunk.length - BEFORE_BYTES));
  const room = BEFORE_BYTES - chunk.length;
  return Buffer.concat([kept.subarray(Math.max(0, kept.length - room)), chunk]);
}
