// A pipe, or compressed data of any origin -> its plain bytes in chunks, at the pace of whoever reads them.

import type { Readable, Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { inWords } from "./file-error.ts";
import type { InputFile } from "./input-file.ts";
import { ZstdFrames } from "./zstd-frames.ts";

/** Bytes that tell how a file is compressed. */
export const MAGIC_BYTES = 4;

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function isZstd(head: Buffer): boolean {
  return head.length >= MAGIC_BYTES && head.readUInt32LE(0) === 0xfd2fb528;
}

/** The name of a compression that Node has no inflater for, and the program that has one. */
function foreignCompression(head: Buffer): { readonly name: string; readonly program: string } | undefined {
  if (/^BZh[1-9]/u.test(head.toString("latin1", 0, MAGIC_BYTES))) return { name: "bzip2", program: "bzcat" };
  return head.length >= MAGIC_BYTES && head.readUInt32BE(0) === 0xfd377a58
    ? { name: "xz", program: "xzcat" }
    : undefined;
}

export function isCompressed(head: Buffer): boolean {
  return isGzip(head) || isZstd(head) || foreignCompression(head) !== undefined;
}

/** Undefined for plain data. Throws for what cannot be inflated here. */
function inflater(head: Buffer, chunkSize: number): Transform | undefined {
  const foreign = foreignCompression(head);
  if (foreign !== undefined) {
    throw new Error(`compressed with ${foreign.name}; give it inflated: ${foreign.program} FILE | squall replay -`);
  }
  // Nothing is inflated while inflated bytes still wait: when the data turns out to be damaged, all before has been read.
  const options = { chunkSize, readableHighWaterMark: 1 };
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
export function streamed(
  name: string,
  raw: Readable,
  options: { readonly sizeBytes: number | undefined; readonly signal: AbortSignal; readonly chunkBytes: number },
): InputFile {
  const { sizeBytes, signal, chunkBytes } = options;
  const source = sourceOf(raw);
  let chunks: Promise<AsyncIterator<Buffer>> | undefined;
  let inflate: Transform | undefined;
  const start = async (): Promise<AsyncIterator<Buffer>> => {
    const first = await source.first();
    inflate = inflater(first, chunkBytes);
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
