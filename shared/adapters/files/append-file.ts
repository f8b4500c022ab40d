// Bytes to the end of a file, as a server writes its log: what is there stays, and after a rotation a new file is begun.

import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { ByteSink } from "./byte-sink.ts";
import { inWords } from "./file-error.ts";

export interface AppendFile extends ByteSink {
  /** The file at the path is another one, or there is none any more: the next write opens what is there, or creates it. */
  readonly reopen: () => void;
}

/** Opens the file, or creates it, at the first write. `head`: what stands at the top of one that `reopen` finds empty. */
export function appendFile(path: string, head: () => string): AppendFile {
  let handle: FileHandle | undefined;
  let isToBeReopened = false;
  const close = async (): Promise<void> => {
    const before = handle;
    handle = undefined;
    await before?.close();
  };
  const opened = async (): Promise<FileHandle> => {
    if (handle !== undefined && !isToBeReopened) return handle;
    const isNext = isToBeReopened;
    isToBeReopened = false;
    await close();
    handle = await open(path, "a");
    if (isNext && (await handle.stat()).size === 0) await handle.appendFile(head());
    return handle;
  };
  return {
    async write(bytes) {
      try {
        await (await opened()).appendFile(bytes);
        return true;
      } catch (error) {
        // A handle left to the garbage collector is closed with a warning of Node's on standard error.
        await close();
        throw inWords(path, error, "writing");
      }
    },
    close,
    reopen: () => {
      isToBeReopened = true;
    },
  };
}
