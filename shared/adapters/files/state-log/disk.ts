// What the state log does with its folder, behind a port of its own, so that tests can let a disk fill up or die.

import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { chmod, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FolderOwner } from "../state-folder.ts";

export interface SegmentFile {
  /** Bytes written; fewer than given where there is no room for all. */
  write(bytes: Buffer, offset: number): Promise<number>;
  datasync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Every call may throw what the operating system says. */
export interface Disk {
  /** For messages. */
  pathOf(name: string): string;
  names(): Promise<string[]>;
  read(name: string): Promise<Buffer>;
  /** A new file that only its owner may read. */
  create(name: string): Promise<SegmentFile>;
  open(name: string): Promise<SegmentFile>;
  remove(name: string): Promise<void>;
  /** What was created and removed survives a power cut. */
  syncFolder(): Promise<void>;
}

const OWNER_ONLY = 0o600;

/** `owner`: whom new files are given to; undefined: who runs this. */
export function createDisk(folder: string, owner: FolderOwner | undefined): Disk {
  const pathOf = (name: string): string => join(folder, name);
  return {
    pathOf,
    names: () => readdir(folder),
    read: (name) => readFile(pathOf(name)),
    async create(name) {
      const handle = await open(pathOf(name), constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, OWNER_ONLY);
      if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
      return segmentFile(handle);
    },
    async open(name) {
      const handle = await open(pathOf(name), "r+");
      await chmod(pathOf(name), OWNER_ONLY);
      return segmentFile(handle);
    },
    remove: (name) => rm(pathOf(name), { force: true }),
    async syncFolder() {
      const handle = await open(folder, "r");
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

function segmentFile(handle: FileHandle): SegmentFile {
  return {
    async write(bytes, offset) {
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, offset);
      return bytesWritten;
    },
    datasync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  };
}
