// Standard input as it comes (`journalctl -f | squall standalone -`) -> chunks, kept until they are taken; the pipe waits when they are many.

import type { InputFile } from "./input-file.ts";
import { CHUNK_BYTES, openInput } from "./input-file.ts";
import type { LiveChunk, LiveInput } from "./live-input.ts";

/** Bytes that wait at most, and one chunk. */
const WAITING_BYTES_MAX = 1_048_576;

export interface StandardInputCounters {
  bytesRead: number;
  /** Times that the writer was kept waiting because what it wrote was not taken. */
  pauses: number;
}

export interface StandardInputOptions {
  /** It broke off: one line for a person. It has ended then. */
  readonly onFault: (message: string) => void;
  /** What is read; standard input unless a test says otherwise. */
  readonly open?: (signal: AbortSignal) => InputFile;
}

export class StandardInput implements LiveInput {
  readonly name = "standard input";
  readonly counters: StandardInputCounters = { bytesRead: 0, pauses: 0 };
  private readonly options: StandardInputOptions;
  private readonly stop = new AbortController();
  private readonly waiting: Buffer[] = [];
  private waitingBytes = 0;
  private isOver = false;
  private goOn: (() => void) | undefined;
  private reading: Promise<void> | undefined;

  constructor(options: StandardInputOptions) {
    this.options = options;
  }

  /** Nothing more will come, and all that came was taken. onReadable is called when it has become so without a chunk. */
  get ended(): boolean {
    return this.isOver && this.waiting.length === 0;
  }

  start(onReadable: () => void): Promise<void> {
    this.reading = this.read(onReadable);
    return Promise.resolve();
  }

  take(): LiveChunk | undefined {
    const bytes = this.waiting.shift();
    if (bytes === undefined) return undefined;
    this.waitingBytes -= bytes.length;
    this.counters.bytesRead += bytes.length;
    if (this.waitingBytes < WAITING_BYTES_MAX) this.goOn?.();
    return { bytes, begins: false };
  }

  /** What was taken of a pipe is not there any more. */
  position(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.stop.abort();
    this.goOn?.();
    await this.reading;
  }

  private async read(onReadable: () => void): Promise<void> {
    let file: InputFile | undefined;
    try {
      file = this.options.open?.(this.stop.signal) ?? openInput("-", this.openOptions());
      for (;;) {
        const chunk = await file.read();
        if (chunk === undefined) break;
        this.waiting.push(chunk);
        this.waitingBytes += chunk.length;
        onReadable();
        if (this.waitingBytes >= WAITING_BYTES_MAX) await this.taken();
      }
    } catch (error) {
      this.options.onFault(error instanceof Error ? error.message : String(error));
    }
    this.isOver = true;
    onReadable();
    await file?.close();
  }

  private async taken(): Promise<void> {
    if (this.stop.signal.aborted || this.waitingBytes < WAITING_BYTES_MAX) return;
    this.counters.pauses += 1;
    await new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
    this.goOn = undefined;
  }

  private openOptions(): { readonly signal: AbortSignal; readonly buffer: Buffer } {
    return { signal: this.stop.signal, buffer: Buffer.alloc(CHUNK_BYTES) };
  }
}
