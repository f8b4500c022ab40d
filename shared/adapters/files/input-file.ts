// A log to read from its first byte to its last: a path or standard input, plain, gzip or zstd (told by content).

import { createHash } from "node:crypto";
import { createReadStream, fstatSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { Readable, Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { ZstdFrames } from "./zstd-frames.ts";

const CHUNK_BYTES = 262_144;
const FINGERPRINT_BYTES = 65_536;
const STANDARD_INPUT = 0;

/** One input, read in chunks. A chunk is valid until the next `read`. */
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

/** An input that cannot be opened, or not be read to its end. The message is one line a person can act on. */
export class InputError extends Error {
  override readonly name = "InputError";
}

export function inWords(name: string, error: unknown): InputError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    EACCES: "permission denied",
    EISDIR: "is a directory",
    ENOSPC: "no space left on the disk",
    ENOTDIR: "no such file (a part of the path is not a directory)",
    EMFILE: "too many open files",
    Z_BUF_ERROR: "the compressed data ends too early (truncated file?)",
    Z_DATA_ERROR: "the compressed data is damaged",
    ZSTD_error_corruption_detected: "the compressed data is damaged",
    ZSTD_error_srcSize_wrong: "the compressed data ends too early (truncated file?)",
  };
  const detail = known[code] ?? (error instanceof Error ? error.message : String(error));
  return new InputError(`${name}: ${detail}`);
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function isZstd(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528;
}

/** What tells one file from another, whatever it is called: device and inode, and for copies size, head and tail. */
export async function fileIdentity(path: string): Promise<readonly string[]> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const stat = await handle.stat();
    if (!stat.isFile()) return [];
    const ends = Buffer.alloc(FINGERPRINT_BYTES * 2);
    const head = await handle.read(ends, 0, FINGERPRINT_BYTES, 0);
    const tailAt = Math.max(0, stat.size - FINGERPRINT_BYTES);
    const tail = await handle.read(ends, head.bytesRead, FINGERPRINT_BYTES, tailAt);
    const hash = createHash("sha256")
      .update(ends.subarray(0, head.bytesRead + tail.bytesRead))
      .digest("hex");
    return stat.size === 0
      ? [`inode ${stat.dev} ${stat.ino}`]
      : [`inode ${stat.dev} ${stat.ino}`, `content ${stat.size} ${hash}`];
  } catch (error) {
    throw inWords(path, error);
  } finally {
    await handle?.close();
  }
}

/** Reads a plain file through two buffers in turn: one is being filled while the other is being parsed. */
function plainFile(name: string, handle: FileHandle, sizeBytes: number): InputFile {
  const buffers: [Buffer, Buffer] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
  let turn: 0 | 1 = 0;
  let position = 0;
  let pending: Promise<{ bytesRead: number }> | undefined;
  const readInto = (buffer: Buffer): Promise<{ bytesRead: number }> => {
    const result = handle.read(buffer, 0, CHUNK_BYTES, position);
    // Awaited by the next `read`; a rejection meanwhile is not unhandled.
    result.catch(() => undefined);
    return result;
  };
  return {
    name,
    sizeBytes,
    bytesRead: () => position,
    async read() {
      const buffer = buffers[turn];
      try {
        const { bytesRead } = await (pending ?? readInto(buffer));
        if (bytesRead === 0) return undefined;
        position += bytesRead;
        turn = turn === 0 ? 1 : 0;
        pending = readInto(buffers[turn]);
        return buffer.subarray(0, bytesRead);
      } catch (error) {
        throw inWords(name, error);
      }
    },
    async close() {
      await pending?.catch(() => undefined);
      await handle.close();
    },
  };
}

function inflater(head: Buffer): Transform | undefined {
  // Nothing is inflated while inflated bytes still wait: when the data turns out to be damaged, all before has been read.
  const options = { chunkSize: CHUNK_BYTES, readableHighWaterMark: 1 };
  if (isGzip(head)) return createGunzip(options);
  return isZstd(head) ? createZstdDecompress(options) : undefined;
}

/** A pipe, or compressed data of any origin: `raw` is what is there, its first bytes decide. */
function streamed(name: string, raw: Readable, sizeBytes: number | undefined): InputFile {
  let bytes = 0;
  let chunks: AsyncIterator<Buffer> | undefined;
  let inflate: Transform | undefined;
  const start = async (): Promise<AsyncIterator<Buffer>> => {
    const source = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await firstBytes(source);
    bytes += first.length;
    inflate = inflater(first);
    if (inflate === undefined) return withFirst(first, source);
    void pump(first, source, inflate);
    return inflate[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  };
  async function* withFirst(first: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
    if (first.length > 0) yield first;
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      bytes += next.value.length;
      yield next.value;
    }
  }
  async function pump(first: Buffer, source: AsyncIterator<Buffer>, into: Transform): Promise<void> {
    const frames = isZstd(first) ? new ZstdFrames() : undefined;
    try {
      for await (const chunk of withFirst(first, source)) {
        for (const piece of frames?.cut(chunk) ?? [chunk]) {
          if (into.destroyed) return;
          await taken(into, piece);
        }
      }
      into.end();
    } catch (error) {
      into.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
  return {
    name,
    sizeBytes,
    bytesRead: () => bytes,
    async read() {
      try {
        // Inflating goes on in another thread, but hands over only when the event loop turns.
        if (inflate !== undefined) await new Promise((resolve) => setImmediate(resolve));
        chunks ??= await start();
        const next = await chunks.next();
        return next.done === true ? undefined : next.value;
      } catch (error) {
        throw inWords(name, error);
      }
    },
    async close() {
      inflate?.destroy();
      raw.destroy();
      await Promise.resolve();
    },
  };
}

/** Enough bytes to tell what they are, or all there are. */
async function firstBytes(source: AsyncIterator<Buffer>): Promise<Buffer> {
  let first: Buffer = Buffer.alloc(0);
  while (first.length < 4) {
    const next = await source.next();
    if (next.done === true) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

/** Resolves when the bytes are inflated and what came of them is read, or the stream has failed. */
function taken(stream: Transform, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    stream.write(bytes, () => {
      resolve();
    });
  });
}

/** Opens a path, or standard input for "-". Throws InputError. */
export async function openInput(path: string): Promise<InputFile> {
  if (path === "-") {
    const isFile = fstatSync(STANDARD_INPUT).isFile();
    const raw = isFile
      ? createReadStream("", { fd: STANDARD_INPUT, autoClose: false, highWaterMark: CHUNK_BYTES })
      : process.stdin;
    return streamed("standard input", raw, undefined);
  }
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const stat = await handle.stat();
    if (stat.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    if (!stat.isFile()) return streamed(path, handle.createReadStream({ highWaterMark: CHUNK_BYTES }), undefined);
    const head = Buffer.alloc(4);
    const { bytesRead } = await handle.read(head, 0, 4, 0);
    const isCompressed = isGzip(head.subarray(0, bytesRead)) || isZstd(head.subarray(0, bytesRead));
    if (!isCompressed) return plainFile(path, handle, stat.size);
    return streamed(path, handle.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES }), stat.size);
  } catch (error) {
    await handle?.close();
    throw inWords(path, error);
  }
}
