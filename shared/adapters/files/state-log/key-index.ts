// key -> where its last value stands. About 110 bytes a key of 30 characters beside the key's own text (measured: see the test).

import type { Place } from "./frame.ts";

/** A table that grows is copied: many small ones, so that no copying stops the loop for long. */
const SHARDS = 64;
const FIRST_SLOTS = 1024;

export class KeyIndex {
  private readonly shards = Array.from({ length: SHARDS }, () => new Map<string, number>());
  // By slot; a forgotten key's slot is used again.
  private segments = new Uint32Array(FIRST_SLOTS);
  private offsets = new Uint32Array(FIRST_SLOTS);
  private sizes = new Uint32Array(FIRST_SLOTS);
  private readonly free: number[] = [];
  private used = 0;
  /** Bytes of the entries that the index points at. */
  liveBytes = 0;

  get keys(): number {
    return this.used - this.free.length;
  }

  put(key: string, place: Place, bytes: number): void {
    const shard = this.shardOf(key);
    let slot = shard.get(key);
    if (slot === undefined) {
      slot = this.free.pop() ?? this.newSlot();
      shard.set(key, slot);
    } else this.liveBytes -= this.sizes[slot] ?? 0;
    this.segments[slot] = place.segment;
    this.offsets[slot] = place.offset;
    this.sizes[slot] = bytes;
    this.liveBytes += bytes;
  }

  forget(key: string): void {
    const shard = this.shardOf(key);
    const slot = shard.get(key);
    if (slot === undefined) return;
    shard.delete(key);
    this.liveBytes -= this.sizes[slot] ?? 0;
    this.free.push(slot);
  }

  /** The last value of the key stands there. */
  isAt(key: string, segment: number, offset: number): boolean {
    const slot = this.shardOf(key).get(key);
    return slot !== undefined && this.segments[slot] === segment && this.offsets[slot] === offset;
  }

  has(key: string): boolean {
    return this.shardOf(key).has(key);
  }

  /** Forgets what stands in segments before this one. */
  forgetBefore(segment: number): void {
    for (const shard of this.shards) {
      for (const [key, slot] of shard) if ((this.segments[slot] ?? 0) < segment) this.forget(key);
    }
  }

  private newSlot(): number {
    if (this.used === this.segments.length) {
      this.segments = grown(this.segments);
      this.offsets = grown(this.offsets);
      this.sizes = grown(this.sizes);
    }
    this.used += 1;
    return this.used - 1;
  }

  private shardOf(key: string): Map<string, number> {
    // The end of a key varies most.
    let hash = key.length;
    for (let at = key.length - 1; at >= 0 && at >= key.length - 8; at--) {
      hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
    }
    return this.shards[(hash ^ (hash >>> 6) ^ (hash >>> 12)) & (SHARDS - 1)] ?? new Map<string, number>();
  }
}

function grown(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}
