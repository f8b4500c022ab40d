// key -> where its last value stands. No objects: columns of numbers, and tables that find the row of a key by its hash. A key of 30
// bytes costs 50 to 130 bytes in all (measured; all of it grows by doubling), each further 16 bytes of a key 16 more.

import { randomInt } from "node:crypto";
import { KeyCells } from "./key-cells.ts";

/** A table that grows is built again: many small ones, so that none stops the loop for long. */
const SHARDS = 64;
const FIRST_TABLE = 16;
const FIRST_ROWS = 1024;
const NO_ROW = -1;

/** A key as bytes of a frame. */
export interface KeyAt {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Open addressing, at most half full; a row number + 1, 0 where free. */
interface Shard {
  table: Int32Array<ArrayBuffer>;
  rows: number;
}

export class KeyIndex {
  /** Bytes of the entries that the index points at. */
  liveBytes = 0;
  private readonly shards = Array.from({ length: SHARDS }, (): Shard => ({
    table: new Int32Array(FIRST_TABLE),
    rows: 0,
  }));
  private readonly cells = new KeyCells();
  /** Keys hold text from mail: nobody outside may know which of them fall together. */
  private readonly seed = randomInt(2 ** 31);
  // By row; the row of a forgotten key is used again.
  private hashes = new Uint32Array(FIRST_ROWS);
  private keyCells = new Uint32Array(FIRST_ROWS);
  private keyBytes = new Uint32Array(FIRST_ROWS);
  private segments = new Uint32Array(FIRST_ROWS);
  private offsets = new Uint32Array(FIRST_ROWS);
  private sizes = new Uint32Array(FIRST_ROWS);
  private readonly free: number[] = [];
  private used = 0;

  get keys(): number {
    return this.used - this.free.length;
  }

  /** The last value of the key is the entry of `bytes` bytes at `offset` of the segment. */
  put(key: KeyAt, segment: number, offset: number, bytes: number): void {
    const hash = this.hashOf(key);
    let row = this.rowOf(key, hash);
    if (row === NO_ROW) row = this.newRow(key, hash);
    else this.liveBytes -= this.sizes[row] ?? 0;
    this.segments[row] = segment;
    this.offsets[row] = offset;
    this.sizes[row] = bytes;
    this.liveBytes += bytes;
  }

  forget(key: KeyAt): void {
    const row = this.rowOf(key, this.hashOf(key));
    if (row !== NO_ROW) this.removeRow(row);
  }

  has(key: KeyAt): boolean {
    return this.rowOf(key, this.hashOf(key)) !== NO_ROW;
  }

  /** The last value of the key stands there. */
  isAt(key: KeyAt, segment: number, offset: number): boolean {
    const hash = this.hashOf(key);
    const { table } = this.shardOf(hash);
    const mask = table.length - 1;
    // Where it stands tells an entry from all others: its key need not be looked at.
    for (let at = hash & mask; table[at] !== 0; at = (at + 1) & mask) {
      const row = (table[at] ?? 0) - 1;
      if (this.offsets[row] === offset && this.segments[row] === segment) return true;
    }
    return false;
  }

  /** Forgets what stands in segments before this one. */
  forgetBefore(segment: number): void {
    for (let row = 0; row < this.used; row++) {
      if ((this.sizes[row] ?? 0) > 0 && (this.segments[row] ?? 0) < segment) this.removeRow(row);
    }
  }

  private rowOf(key: KeyAt, hash: number): number {
    const { table } = this.shardOf(hash);
    const mask = table.length - 1;
    for (let at = hash & mask; table[at] !== 0; at = (at + 1) & mask) {
      const row = (table[at] ?? 0) - 1;
      if (this.hashes[row] !== hash || this.keyBytes[row] !== key.end - key.start) continue;
      if (this.cells.holds(this.keyCells[row] ?? 0, key.bytes, key.start, key.end)) return row;
    }
    return NO_ROW;
  }

  private newRow(key: KeyAt, hash: number): number {
    const row = this.free.pop() ?? this.lastRow();
    this.hashes[row] = hash;
    this.keyCells[row] = this.cells.add(key.bytes, key.start, key.end);
    this.keyBytes[row] = key.end - key.start;
    const shard = this.shardOf(hash);
    shard.rows += 1;
    if (shard.rows * 2 > shard.table.length) this.grow(shard);
    enter(shard.table, hash, row);
    return row;
  }

  private lastRow(): number {
    if (this.used === this.hashes.length) this.growColumns();
    this.used += 1;
    return this.used - 1;
  }

  private removeRow(row: number): void {
    const shard = this.shardOf(this.hashes[row] ?? 0);
    this.takeOut(shard.table, row);
    shard.rows -= 1;
    this.cells.remove(this.keyCells[row] ?? 0, this.keyBytes[row] ?? 0);
    this.liveBytes -= this.sizes[row] ?? 0;
    this.sizes[row] = 0;
    this.segments[row] = 0;
    this.free.push(row);
  }

  /** Those behind move up where they would no longer be found. */
  private takeOut(table: Int32Array, row: number): void {
    const mask = table.length - 1;
    let hole = (this.hashes[row] ?? 0) & mask;
    while (table[hole] !== row + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const home = (this.hashes[(table[at] ?? 0) - 1] ?? 0) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      table[hole] = table[at] ?? 0;
      hole = at;
    }
    table[hole] = 0;
  }

  private grow(shard: Shard): void {
    const larger = new Int32Array(shard.table.length * 2);
    for (const entry of shard.table) if (entry !== 0) enter(larger, this.hashes[entry - 1] ?? 0, entry - 1);
    shard.table = larger;
  }

  private growColumns(): void {
    this.hashes = longer(this.hashes);
    this.keyCells = longer(this.keyCells);
    this.keyBytes = longer(this.keyBytes);
    this.segments = longer(this.segments);
    this.offsets = longer(this.offsets);
    this.sizes = longer(this.sizes);
  }

  private shardOf(hash: number): Shard {
    const shard = this.shards[hash >>> 26];
    if (shard === undefined) throw new RangeError(`no such shard: ${hash}`);
    return shard;
  }

  /** FNV-1a from the seed, mixed so that its high and low bits are good for a shard and a place. */
  private hashOf({ bytes, start, end }: KeyAt): number {
    let hash = this.seed;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

function enter(table: Int32Array, hash: number, row: number): void {
  const mask = table.length - 1;
  let at = hash & mask;
  while (table[at] !== 0) at = (at + 1) & mask;
  table[at] = row + 1;
}

function longer(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}
