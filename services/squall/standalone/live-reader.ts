// One input that grows and what reads it, as one part of the state: where it goes on, and what its reader must know to do so.

import type { LiveInput } from "../../../shared/adapters/files/live-input.ts";
import type { PutEntry } from "../../../shared/domain/state-value.ts";
import type { Ingest } from "../../ingest/ingest.ts";
import { InputEntry } from "../../ingest/state/input-entry.ts";
import type { FollowedInput } from "../pipeline/live-time.ts";

export interface LiveReaderOptions {
  /** Of the input: of a followed log its path. Unique. */
  readonly name: string;
  readonly ingest: Ingest;
}

export class LiveReader implements FollowedInput {
  readonly name: string;
  readonly ingest: Ingest;
  isCaughtUp = false;
  private readonly entry: InputEntry;
  private input: LiveInput | undefined;

  constructor({ name, ingest }: LiveReaderOptions) {
    this.name = name;
    this.ingest = ingest;
    this.entry = new InputEntry(name, ingest);
  }

  /** Takes back what was stored of it; returns where it is to go on. Throws StateValueError. */
  restore(value: Buffer): unknown {
    return this.entry.restore(value);
  }

  readFrom(input: LiveInput): void {
    this.input = input;
  }

  /** Feeds up to so many chunks that are there; false when nothing more was. */
  read(nowMs: number, chunksMax: number): boolean {
    const { input, ingest } = this;
    if (input === undefined) return false;
    for (let chunks = 0; chunks < chunksMax; chunks += 1) {
      const chunk = input.take();
      if (chunk === undefined) {
        this.isCaughtUp = true;
        return false;
      }
      if (chunk.begins) ingest.begin();
      ingest.feed(chunk.bytes, nowMs);
    }
    return true;
  }

  /** Tells its entry if that changed. An input that cannot go on where it was has none. */
  changes(put: PutEntry): void {
    const position = this.input?.position(this.ingest.unusedBytes);
    if (position !== undefined) this.entry.changes(put, position);
  }

  async close(): Promise<void> {
    await this.input?.close();
  }
}
