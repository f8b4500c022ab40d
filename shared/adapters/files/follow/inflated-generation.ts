// A generation that was compressed before all of it was read -> its bytes, inflated, from the offset on.

import type { InputFile } from "../input-file.ts";
import { openInput } from "../input-file.ts";
import type { FilePlace } from "./file-place.ts";
import { isDenied, isSameFile, placeAt } from "./file-place.ts";
import type { Generation, ReadOutcome } from "./generation.ts";
import { lastBytes } from "./generation.ts";
import type { GenerationMark, Print } from "./generation-mark.ts";
import { HEAD_BYTES, printOf } from "./generation-mark.ts";

const NEWLINE = 10;
const NO_BYTES = Buffer.alloc(0);

export interface InflatingOptions {
  /** Bytes of a chunk. */
  readonly chunkBytes: number;
  readonly nowMs: () => number;
  /** More is at hand, or the end, or an error. */
  readonly onReadable: () => void;
}

/** The first bytes, at most HEAD_BYTES; none where they cannot be inflated, or may not be read. Throws InputError when it cannot be opened. */
export async function inflatedHead(path: string): Promise<Buffer> {
  let file: InputFile;
  try {
    file = openInput(path, { signal: new AbortController().signal, buffer: Buffer.alloc(HEAD_BYTES) });
  } catch (error) {
    if (placeAt(path) === undefined || isDenied(path)) return NO_BYTES;
    throw error;
  }
  let head: Buffer = NO_BYTES;
  try {
    while (head.length < HEAD_BYTES) {
      const chunk = await file.read();
      if (chunk === undefined) break;
      head = Buffer.concat([head, chunk]);
    }
  } catch {
    // Damaged or of a kind unknown here: it is found by nothing it holds.
  } finally {
    await file.close();
  }
  return head.subarray(0, HEAD_BYTES);
}

class InflatedGeneration implements Generation {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly settled: FilePlace;
  /** Nothing is written to it: what is behind its last newline is handed out with the rest. */
  readonly tail: Buffer = NO_BYTES;
  offset: number;
  isMidLine = false;
  grewAtMs: number;
  private readonly file: InputFile;
  private readonly stop = new AbortController();
  private readonly options: InflatingOptions;
  private headPrint: Print;
  private head: Buffer = NO_BYTES;
  private before: Buffer = NO_BYTES;
  private skipping: number;
  private ready: Buffer | "ended" | Error | undefined;
  private isReading = false;

  /** Goes on at the mark's offset, if one is given. Throws InputError. */
  constructor(place: FilePlace, mark: GenerationMark | undefined, options: InflatingOptions) {
    this.settled = place;
    this.path = place.path;
    this.device = place.device;
    this.inode = place.inode;
    this.options = options;
    this.offset = mark?.offset ?? 0;
    this.skipping = this.offset;
    this.headPrint = mark?.head ?? printOf(NO_BYTES);
    this.grewAtMs = options.nowMs();
    this.file = openInput(place.path, { signal: this.stop.signal, buffer: Buffer.alloc(options.chunkBytes) });
  }

  standing(): "known" {
    return "known";
  }

  confirm(): boolean {
    return true;
  }

  read(): ReadOutcome {
    const { ready } = this;
    if (ready instanceof Error) throw ready;
    if (ready === "ended") return "ended";
    // The chunk handed out before may be inflated anew only now.
    this.ready = undefined;
    if (ready === undefined) {
      if (!this.isReading) void this.fetch();
      return "waiting";
    }
    this.isMidLine = ready.at(-1) !== NEWLINE;
    this.offset += ready.length;
    this.before = lastBytes(this.before, ready);
    return ready;
  }

  takeTail(): Buffer {
    return this.tail;
  }

  mark(unusedBytes: number): GenerationMark {
    const { path, device, inode, before } = this;
    const offset = Math.max(0, this.offset - unusedBytes);
    const known = { path, device, inode, offset, head: this.headPrint };
    return unusedBytes > 0 || before.length === 0 ? known : { ...known, before: printOf(before) };
  }

  close(): void {
    this.stop.abort();
    void this.file.close();
  }

  breakLine(): void {
    this.isMidLine = false;
  }

  continueLine(): void {
    this.isMidLine = true;
  }

  private async fetch(): Promise<void> {
    this.isReading = true;
    try {
      this.ready = (await this.next()) ?? "ended";
    } catch (error) {
      this.ready = error instanceof Error ? error : new Error(String(error));
    }
    this.isReading = false;
    if (!this.stop.signal.aborted) this.options.onReadable();
  }

  /** The next bytes behind the offset. */
  private async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = await this.file.read();
      if (chunk === undefined) return undefined;
      if (this.head.length < HEAD_BYTES) {
        this.head = Buffer.concat([this.head, chunk.subarray(0, HEAD_BYTES - this.head.length)]);
        this.headPrint = printOf(this.head);
      }
      if (this.skipping < chunk.length) {
        const rest = chunk.subarray(this.skipping);
        this.skipping = 0;
        return rest;
      }
      this.skipping -= chunk.length;
    }
  }
}

/** Undefined when another file stands there by now, or none. Throws InputError. */
export function openInflated(
  place: FilePlace,
  mark: GenerationMark | undefined,
  options: InflatingOptions,
): InflatedGeneration | undefined {
  const isThere = (): boolean => {
    const now = placeAt(place.path);
    return now !== undefined && isSameFile(now, place);
  };
  if (!isThere()) return undefined;
  const generation = new InflatedGeneration(place, mark, options);
  if (isThere()) return generation;
  generation.close();
  return undefined;
}
