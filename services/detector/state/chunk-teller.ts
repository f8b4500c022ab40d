// Parts of an object that may be large and grow at their end: queue ids of a message, ids of a thread, who has written to a list. They are
// told in chunks, `KIND/ID/N`: those that are new, those that changed, and those that went.

import type { FanOut } from "../fan-out.ts";
import { chunkOfSlot, slotsOfChunk } from "../large-messages.ts";
import { sliceCount } from "../list-memory.ts";
import type { ListState } from "../list-table.ts";
import { chunkOfId, idsOfChunk, type Thread, type ThreadTable } from "../thread-table.ts";
import type { Chunked, TrackedObject } from "../tracked.ts";
import { rowValue } from "./entry-row.ts";
import type { EntryWriter } from "./entry-writer.ts";
import { storedSlice } from "./memory-codec.ts";
import { hasSlotChunks, writeSlots } from "./message-codec.ts";
import { hasIdChunks, writeIds } from "./thread-codec.ts";

type ChunkedObject = TrackedObject & Chunked;

export class ChunkTeller {
  private readonly writer: EntryWriter;
  private readonly prefix: string;

  constructor({ writer, prefix }: { readonly writer: EntryWriter; readonly prefix: string }) {
    this.writer = writer;
    this.prefix = prefix;
  }

  tellSlots(fanOut: FanOut): void {
    const { message } = fanOut;
    const count = hasSlotChunks(message) ? chunkOfSlot(message.slots.length - 1) + 1 : 0;
    this.tell(fanOut, count, (chunk) => rowValue((row) => writeSlots(row, message, slotsOfChunk(message, chunk))));
  }

  tellIds(thread: Thread, table: ThreadTable): void {
    const count = hasIdChunks(thread) ? chunkOfId(thread.ids.length - 1) + 1 : 0;
    this.tell(thread, count, (chunk) => rowValue((row) => writeIds(row, thread, idsOfChunk(thread, chunk), table)));
  }

  tellMemory(list: ListState): void {
    const { memory } = list;
    this.tell(list, memory.persons === 0 ? 0 : sliceCount(memory), (slice) => storedSlice(memory, slice));
  }

  forget(object: ChunkedObject): void {
    this.tell(object, 0, () => Buffer.of());
  }

  private tell(object: ChunkedObject, count: number, valueOf: (chunk: number) => Buffer): void {
    const { chunksTold, chunksChanged } = object;
    object.chunksTold = count;
    object.chunksChanged = undefined;
    for (let chunk = count; chunk < chunksTold; chunk += 1) this.writer.forget(this.keyOf(object, chunk));
    for (const chunk of chunksChanged ?? []) {
      if (chunk < Math.min(count, chunksTold)) this.writer.write(this.keyOf(object, chunk), valueOf(chunk));
    }
    for (let chunk = chunksTold; chunk < count; chunk += 1)
      this.writer.write(this.keyOf(object, chunk), valueOf(chunk));
  }

  private keyOf({ kind, id }: TrackedObject, chunk: number): string {
    return `${this.prefix}${kind}/${id}/${chunk}`;
  }
}
