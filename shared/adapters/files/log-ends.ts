// The beginning and the last lines of a log, for looking at it without reading it.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { inWords } from "./file-error.ts";
import { isCompressed, MAGIC_BYTES } from "./input-stream.ts";

export interface LogEnds {
  /** The first bytes. */
  readonly head: Buffer;
  /** The last lines, whole, the last one as far as it is written. */
  readonly tail: Buffer;
  readonly sizeBytes: number;
  /** When it was last written to, ms since the epoch. */
  readonly writtenAtMs: number;
  readonly isCompressed: boolean;
  readonly isFile: boolean;
}

const NEWLINE = 10;
const HEAD_BYTES = 65_536;

/** Throws InputError. What is no regular file is not read. */
export function readLogEnds(path: string, tailBytes: number): LogEnds {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    return endsOf(descriptor, tailBytes);
  } catch (error) {
    throw inWords(path, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function endsOf(descriptor: number, tailBytes: number): LogEnds {
  const stat = fstatSync(descriptor);
  const { size: sizeBytes, mtimeMs: writtenAtMs } = stat;
  const none = Buffer.alloc(0);
  if (!stat.isFile()) return { head: none, tail: none, sizeBytes: 0, writtenAtMs, isCompressed: false, isFile: false };
  const head = readAt(descriptor, 0, Math.min(sizeBytes, HEAD_BYTES));
  const from = Math.max(0, sizeBytes - tailBytes);
  const read = readAt(descriptor, from, sizeBytes - from);
  const tail = from === 0 ? read : read.subarray(read.indexOf(NEWLINE) + 1);
  return {
    head,
    tail,
    sizeBytes,
    writtenAtMs,
    isCompressed: isCompressed(head.subarray(0, MAGIC_BYTES)),
    isFile: true,
  };
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(descriptor, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
