// A disk in memory whose power may be cut: what was not brought to it is there in part, page by page, as chance has it; what was made
// and removed in the folder since it was last brought to the disk is there up to some moment, in order.

import type { Disk, SegmentFile } from "../../shared/adapters/files/state-log/disk.ts";

const PAGE_BYTES = 4096;

interface StoredFile {
  now: Buffer;
  /** What is on the disk for certain. */
  synced: Buffer;
}

/** Numbers in [0, 1). */
export type Chance = () => number;

export class CuttableDisk implements Disk {
  private files = new Map<string, StoredFile>();
  /** The folder as it is on the disk for certain, and what was made and removed since. */
  private folder: ReadonlySet<string>;
  private changes: { readonly name: string; readonly isMade: boolean }[] = [];
  private isOff = false;
  private readonly chance: Chance;

  constructor(chance: Chance, contents: ReadonlyMap<string, Buffer> = new Map()) {
    this.chance = chance;
    for (const [name, bytes] of contents) this.files.set(name, { now: bytes, synced: bytes });
    this.folder = new Set(contents.keys());
  }

  /** What the next process finds. This disk never answers again. */
  cut(): CuttableDisk {
    this.isOff = true;
    const names = new Set(this.folder);
    for (const { name, isMade } of this.changes.slice(0, Math.floor(this.chance() * (this.changes.length + 1)))) {
      if (isMade) names.add(name);
      else names.delete(name);
    }
    const contents = new Map<string, Buffer>();
    for (const name of names) {
      const file = this.files.get(name) ?? this.removed.get(name);
      if (file !== undefined) contents.set(name, this.partOf(file));
    }
    return new CuttableDisk(this.chance, contents);
  }

  pathOf(name: string): string {
    return `/disk/${name}`;
  }

  names(): Promise<string[]> {
    return this.soon(() => Array.from(this.files.keys()));
  }

  read(name: string): Promise<Buffer> {
    return this.soon(() => Buffer.from(this.fileOf(name).now));
  }

  create(name: string): Promise<SegmentFile> {
    return this.soon(() => {
      if (this.files.has(name)) throw new Error(`EEXIST: ${name}`);
      this.files.set(name, { now: Buffer.alloc(0), synced: Buffer.alloc(0) });
      this.changes.push({ name, isMade: true });
      return this.open(name);
    });
  }

  open(name: string): Promise<SegmentFile> {
    const file = this.fileOf(name);
    return this.soon(() => ({
      write: (bytes, offset) =>
        this.soon(() => {
          const longer = Buffer.alloc(Math.max(file.now.length, offset + bytes.length));
          file.now.copy(longer);
          bytes.copy(longer, offset);
          file.now = longer;
          return bytes.length;
        }),
      datasync: async () => {
        const { now } = file;
        await this.soon(() => undefined);
        // What is written meanwhile may not be in it.
        file.synced = now;
      },
      truncate: (bytes) =>
        this.soon(() => {
          file.now = file.now.subarray(0, bytes);
        }),
      close: () => this.soon(() => undefined),
    }));
  }

  remove(name: string): Promise<void> {
    return this.soon(() => {
      const file = this.files.get(name);
      if (file === undefined) return;
      this.files.delete(name);
      this.removed.set(name, file);
      this.changes.push({ name, isMade: false });
    });
  }

  async syncFolder(): Promise<void> {
    const made = this.changes.length;
    await this.soon(() => undefined);
    const names = new Set(this.folder);
    for (const { name, isMade } of this.changes.splice(0, made)) {
      if (isMade) names.add(name);
      else names.delete(name);
    }
    this.folder = names;
  }

  /** Removed, but perhaps not on the disk. */
  private readonly removed = new Map<string, StoredFile>();

  private fileOf(name: string): StoredFile {
    const file = this.files.get(name);
    if (file === undefined) throw new Error(`ENOENT: ${name}`);
    return file;
  }

  /** Each page as it was or as it is; the file as long as it was, as it is, or something between. */
  private partOf({ now, synced }: StoredFile): Buffer {
    const [least, most] = [Math.min(now.length, synced.length), Math.max(now.length, synced.length)];
    const part = Buffer.alloc(least + Math.floor(this.chance() * (most - least + 1)));
    const isWhole = this.chance() < 0.3;
    for (let at = 0; at < part.length; at += PAGE_BYTES) {
      const from = isWhole || this.chance() < 0.5 ? now : synced;
      if (at < from.length) from.copy(part, at, at, Math.min(at + PAGE_BYTES, part.length));
    }
    return part;
  }

  /** Sooner or later, as disks answer. */
  private async soon<T>(act: () => T | Promise<T>): Promise<T> {
    if (this.isOff) return new Promise(() => undefined);
    const result = await act();
    if (this.chance() < 0.2) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    return this.isOff ? new Promise(() => undefined) : result;
  }
}
