// A log to read from its first byte to its last: a path or standard input, plain, gzip or zstd (told by content).

import { createHash } from "node:crypto";
import { createReadStream, fstatSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { Readable, Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { inWords } from "./file-error.ts";
import { ZstdFrames } from "./zstd-frames.ts";

const CHUNK_BYTES = 262_144;
const FINGERPRINT_BYTES = 65_536;
const STANDARD_INPUT = 0;
/** Bytes that tell how a file is compressed. */
const MAGIC_BYTES = 4;

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

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function isZstd(head: Buffer): boolean {
  return head.length >= MAGIC_BYTES && head.readUInt32LE(0) === 0xfd2fb528;
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

/** What a stream gives, with its bytes counted. */
interface Source {
  readonly bytesRead: () => number;
  /** Enough bytes to tell what they are, or all there are. */
  readonly first: () => Promise<Buffer>;
  /** All chunks, `first` before the others. */
  readonly from: (first: Buffer) => AsyncGenerator<Buffer>;
}

function sourceOf(raw: Readable): Source {
  const chunks = raw[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let bytes = 0;
  const next = async (): Promise<Buffer | undefined> => {
    const chunk = await chunks.next();
    if (chunk.done === true) return undefined;
    bytes += chunk.value.length;
    return chunk.value;
  };
  return {
    bytesRead: () => bytes,
    async first() {
      let first: Buffer = Buffer.alloc(0);
      while (first.length < MAGIC_BYTES) {
        const chunk = await next();
        if (chunk === undefined) break;
        first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
      }
      return first;
    },
    async *from(first) {
      if (first.length > 0) yield first;
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
    },
  };
}

/** A pipe, or compressed data of any origin: `raw` is what is there, its first bytes decide. */
function streamed(
  name: string,
  raw: Readable,
  { sizeBytes, signal }: { readonly sizeBytes: number | undefined; readonly signal: AbortSignal },
): InputFile {
  const source = sourceOf(raw);
  let chunks: Promise<AsyncIterator<Buffer>> | undefined;
  let inflate: Transform | undefined;
  const start = async (): Promise<AsyncIterator<Buffer>> => {
    const first = await source.first();
    inflate = inflater(first);
    if (inflate === undefined) return source.from(first);
    void pump(source.from(first), inflate, isZstd(first) ? new ZstdFrames() : undefined);
    return inflate[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  };
  return {
    name,
    sizeBytes,
    bytesRead: source.bytesRead,
    async read() {
      try {
        // Inflating goes on in another thread, but hands over only when the event loop turns.
        if (inflate !== undefined) await new Promise((resolve) => setImmediate(resolve));
        chunks ??= start();
        const chunk = chunks.then((iterator) => iterator.next());
        const next = await untilAborted(chunk, signal);
        return next === undefined || next.done === true ? undefined : next.value;
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

/** Inflates at the pace of whoever reads what comes of it. */
async function pump(chunks: AsyncIterable<Buffer>, into: Transform, frames: ZstdFrames | undefined): Promise<void> {
  try {
    for await (const chunk of chunks) {
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

/** Resolves when the bytes are inflated and what came of them is read, or the stream has failed. */
function taken(stream: Transform, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    stream.write(bytes, () => {
      resolve();
    });
  });
}

/** What was promised, or undefined as soon as the signal is aborted: a pipe may keep its reader waiting for ever. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    void promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", stop);
    });
  });
}

/** Opens a path, or standard input for "-". A pipe ends where it is when the signal is aborted. Throws InputError. */
export async function openInput(path: string, signal: AbortSignal): Promise<InputFile> {
  if (path === "-") {
    const stat = fstatSync(STANDARD_INPUT);
    if (stat.isDirectory()) throw inWords("standard input", Object.assign(new Error(), { code: "EISDIR" }));
    const raw = stat.isFile()
      ? createReadStream("", { fd: STANDARD_INPUT, autoClose: false, highWaterMark: CHUNK_BYTES })
      : process.stdin;
    return streamed("standard input", raw, { sizeBytes: undefined, signal });
  }
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const stat = await handle.stat();
    if (stat.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    if (!stat.isFile()) {
      const raw = handle.createReadStream({ highWaterMark: CHUNK_BYTES });
      return streamed(path, raw, { sizeBytes: undefined, signal });
    }
    const head = Buffer.alloc(MAGIC_BYTES);
    const { bytesRead } = await handle.read(head, 0, MAGIC_BYTES, 0);
    const isCompressed = isGzip(head.subarray(0, bytesRead)) || isZstd(head.subarray(0, bytesRead));
    if (!isCompressed) return plainFile(path, handle, stat.size);
    const raw = handle.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES });
    return streamed(path, raw, { sizeBytes: stat.size, signal });
  } catch (error) {
    await handle?.close();
    throw inWords(path, error);
  }
}
