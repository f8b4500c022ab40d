// Bytes to a file or to standard output, at the pace of whoever takes them.

import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { inWords } from "./file-error.ts";

export interface ByteSink {
  /** Resolves when the bytes are taken; to false when the reader has gone (a pipe into `head`). Throws InputError. */
  readonly write: (bytes: Buffer) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** Creates or empties the file at the first write, or when it is closed without one. Closed already after a write that failed. */
export function fileSink(path: string): ByteSink {
  let opened: Promise<FileHandle> | undefined;
  const inTheFile = async (act: (handle: FileHandle) => Promise<void>): Promise<void> => {
    let handle: FileHandle | undefined;
    try {
      opened ??= open(path, "w");
      handle = await opened;
      await act(handle);
    } catch (error) {
      // A handle left to the garbage collector is closed with a warning of Node's on standard error.
      await handle?.close();
      throw inWords(path, error, "writing");
    }
  };
  return {
    async write(bytes) {
      await inTheFile((handle) => handle.writeFile(bytes));
      return true;
    },
    close: () => inTheFile((handle) => handle.close()),
  };
}

export function standardOutputSink(): ByteSink {
  let isGone = false;
  const { stdout } = process;
  stdout.on("error", () => {
    isGone = true;
  });
  return {
    write: (bytes) =>
      new Promise((resolve) => {
        if (isGone) resolve(false);
        else
          stdout.write(bytes, (error) => {
            resolve(error === undefined || error === null);
          });
      }),
    close: () => Promise.resolve(),
  };
}
