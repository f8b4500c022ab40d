// text key -> entry, for keys that are nearly always new: a miss reads one or two numbers and no string.
// Open addressing over 32-bit hashes. Keys that somebody made to collide end in an ordinary Map after a few steps.

export interface Keyed {
  readonly key: string;
}

export interface TextTable<T extends Keyed> {
  /** Hash by slot, 0 where it was never used; a used slot without an entry was removed. */
  hashes: Int32Array;
  entries: (T | undefined)[];
  used: number;
  /** Entries that found no slot within PROBES_MAX. */
  readonly crowded: Map<string, T>;
}

const FIRST_SLOTS = 1024;
const PROBES_MAX = 32;

export function createTextTable<T extends Keyed>(): TextTable<T> {
  return {
    hashes: new Int32Array(FIRST_SLOTS),
    entries: noEntries(FIRST_SLOTS),
    used: 0,
    crowded: new Map(),
  };
}

/** Hash of a key, never 0. */
export function keyHash(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return hash === 0 ? 1 : hash;
}

export function findText<T extends Keyed>(table: TextTable<T>, key: string, hash: number): T | undefined {
  const { hashes, entries } = table;
  const mask = hashes.length - 1;
  let slot = hash & mask;
  for (let probe = 0; probe < PROBES_MAX; probe += 1) {
    const found = hashes[slot];
    if (found === 0) return undefined;
    if (found === hash) {
      const entry = entries[slot];
      if (entry?.key === key) return entry;
    }
    slot = (slot + 1) & mask;
  }
  return table.crowded.get(key);
}

/** Enters an entry under its key; one with the same key is replaced. */
export function enterText<T extends Keyed>(table: TextTable<T>, entry: T, hash: number): void {
  const { hashes, entries } = table;
  const mask = hashes.length - 1;
  let slot = hash & mask;
  for (let probe = 0; probe < PROBES_MAX; probe += 1) {
    const found = hashes[slot];
    if (found === 0) {
      hashes[slot] = hash;
      entries[slot] = entry;
      table.used += 1;
      if (table.used * 2 > hashes.length) grow(table);
      return;
    }
    if (found === hash && entries[slot]?.key === entry.key) {
      entries[slot] = entry;
      return;
    }
    slot = (slot + 1) & mask;
  }
  table.crowded.set(entry.key, entry);
}

/** Takes an entry out. */
export function removeText<T extends Keyed>(table: TextTable<T>, key: string, hash: number): void {
  const { hashes, entries } = table;
  const mask = hashes.length - 1;
  let slot = hash & mask;
  for (let probe = 0; probe < PROBES_MAX; probe += 1) {
    const found = hashes[slot];
    if (found === 0) return;
    if (found === hash && entries[slot]?.key === key) {
      entries[slot] = undefined;
      return;
    }
    slot = (slot + 1) & mask;
  }
  table.crowded.delete(key);
}

/** Empties the table and keeps its room. */
export function clearTexts<T extends Keyed>(table: TextTable<T>): void {
  table.hashes.fill(0);
  table.entries.fill(undefined);
  table.used = 0;
  table.crowded.clear();
}

function noEntries<T>(slots: number): (T | undefined)[] {
  return Array.from({ length: slots });
}

function grow<T extends Keyed>(table: TextTable<T>): void {
  const { hashes, entries } = table;
  const crowded = [...table.crowded.values()];
  table.hashes = new Int32Array(hashes.length * 2);
  table.entries = noEntries(hashes.length * 2);
  table.used = 0;
  table.crowded.clear();
  for (let slot = 0; slot < hashes.length; slot += 1) {
    const entry = entries[slot];
    if (entry !== undefined) enterText(table, entry, hashes[slot] ?? 1);
  }
  for (const entry of crowded) enterText(table, entry, keyHash(entry.key));
}
