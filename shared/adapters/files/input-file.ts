// A log to read from its first byte to its last: a path or standard input, plain, gzip or zstd (told by content).

import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { inWords } from "./file-error.ts";
import { isCompressed, MAGIC_BYTES, streamed } from "./input-stream.ts";

export const CHUNK_BYTES = 262_144;
const STANDARD_INPUT = 0;

/** One input, read in chunks. A chunk is valid until the next `read`, of any input that was opened with the same buffer. */
export interface InputFile {
  readonly name: string;
  /** Bytes on disk; undefined for a pipe. */
  readonly sizeBytes: number | undefined;
  /** Bytes taken from the disk or pipe so far, before inflating. */
  readonly bytesRead: () => number;
  /** The next chunk; undefined at the end. Throws InputError when the rest cannot be read. */
  readonly read: () => Promise<Buffer | undefined>;
  readonly close: () => Promise<void>;
}

export interface OpenOptions {
  /** A pipe ends where it is when it is aborted. */
  readonly signal: AbortSignal;
  /** What plain files are read into; its length is that of a chunk. */
  readonly buffer: Buffer;
}

/** Reads synchronously: copying out of the page cache costs less than another thread's doing so. The caller lets the event loop turn. */
function plainFile(descriptor: number, name: string, { buffer, sizeBytes }: PlainOptions): InputFile {
  let position = 0;
  return {
    name,
    sizeBytes,
    bytesRead: () => position,
    read() {
      try {
        const bytesRead = readSync(descriptor, buffer, 0, buffer.length, position);
        position += bytesRead;
        return Promise.resolve(bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead));
      } catch (error) {
        return Promise.reject(inWords(name, error));
      }
    },
    close() {
      closeSync(descriptor);
      return Promise.resolve();
    },
  };
}

interface PlainOptions {
  readonly buffer: Buffer;
  readonly sizeBytes: number;
}

function standardInput({ signal, buffer }: OpenOptions): InputFile {
  const stat = fstatSync(STANDARD_INPUT);
  if (stat.isDirectory()) throw inWords("standard input", Object.assign(new Error(), { code: "EISDIR" }));
  const raw = stat.isFile()
    ? createReadStream("", { fd: STANDARD_INPUT, autoClose: false, highWaterMark: buffer.length })
    : process.stdin;
  return streamed("standard input", raw, { sizeBytes: undefined, signal, chunkBytes: buffer.length });
}

/** Opens a path, or standard input for "-". Throws InputError. */
export function openInput(path: string, options: OpenOptions): InputFile {
  if (path === "-") return standardInput(options);
  let descriptor: number | undefined;
  try {
    // A named pipe is opened without waiting for its writer: nothing could end that wait.
    const waiting = statSync(path).isFIFO() ? constants.O_NONBLOCK : 0;
    descriptor = openSync(path, constants.O_RDONLY | waiting);
    return opened(descriptor, path, options);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw inWords(path, error);
  }
}

function opened(descriptor: number, path: string, { signal, buffer }: OpenOptions): InputFile {
  const chunkBytes = buffer.length;
  const stat = fstatSync(descriptor);
  if (stat.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  if (stat.isFIFO()) {
    const raw = new Socket({ fd: descriptor, readable: true, writable: false });
    return streamed(path, raw, { sizeBytes: undefined, signal, chunkBytes });
  }
  if (!stat.isFile()) {
    const raw = createReadStream("", { fd: descriptor, highWaterMark: chunkBytes });
    return streamed(path, raw, { sizeBytes: undefined, signal, chunkBytes });
  }
  const head = Buffer.alloc(MAGIC_BYTES);
  const bytesRead = readSync(descriptor, head, 0, MAGIC_BYTES, 0);
  const sizeBytes = stat.size;
  if (!isCompressed(head.subarray(0, bytesRead))) return plainFile(descriptor, path, { buffer, sizeBytes });
  const raw = createReadStream("", { fd: descriptor, start: 0, highWaterMark: chunkBytes });
  return streamed(path, raw, { sizeBytes, signal, chunkBytes });
}
