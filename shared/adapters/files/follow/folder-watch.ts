// Folders -> a call when something happens in them, where the system tells; a folder that comes back is watched again.

import { watch } from "node:fs";
import type { FileNumber } from "./file-place.ts";
import { isSameFile, numberOfFolder } from "./file-place.ts";

/** `isName`: a name came, went or changed, rather than what is in a file. `fileName` where it is known. */
export type OnFolderEvent = (isName: boolean, fileName: string | undefined) => void;

/** Undefined when the folder cannot be watched; then nothing but polling tells. */
export type WatchFolder = (folder: string, onEvent: OnFolderEvent) => (() => void) | undefined;

export const systemWatchFolder: WatchFolder = (folder, onEvent) => {
  try {
    const watcher = watch(folder, { persistent: false });
    watcher.on("change", (type, name) => {
      onEvent(type === "rename", typeof name === "string" ? name : undefined);
    });
    // A folder that is removed on Windows; the poll finds it again.
    watcher.on("error", () => {
      watcher.close();
    });
    return () => {
      watcher.close();
    };
  } catch {
    return undefined;
  }
};

interface Watched {
  readonly number: FileNumber;
  readonly stop: () => void;
}

export class FolderWatch {
  private readonly watched = new Map<string, Watched>();
  private readonly watchFolder: WatchFolder;
  private readonly onEvent: OnFolderEvent;

  constructor(watchFolder: WatchFolder, onEvent: OnFolderEvent) {
    this.watchFolder = watchFolder;
    this.onEvent = onEvent;
  }

  /** Watches these and no others; leaves everything as it is where they cannot be told: who looks into them says why. */
  ensure(listFolders: () => readonly string[]): void {
    let folders: readonly string[];
    try {
      folders = listFolders();
    } catch {
      return;
    }
    for (const [folder, { number, stop }] of this.watched) {
      const now = numberOfFolder(folder);
      if (folders.includes(folder) && now !== undefined && isSameFile(now, number)) continue;
      stop();
      this.watched.delete(folder);
    }
    for (const folder of folders) {
      if (this.watched.has(folder)) continue;
      const number = numberOfFolder(folder);
      const stop = number === undefined ? undefined : this.watchFolder(folder, this.onEvent);
      if (number !== undefined && stop !== undefined) this.watched.set(folder, { number, stop });
    }
  }

  close(): void {
    for (const { stop } of this.watched.values()) stop();
    this.watched.clear();
  }
}
