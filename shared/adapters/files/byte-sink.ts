// Bytes to a file or to standard output, at the pace of whoever takes them.

import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { inWords } from "./input-file.ts";

export interface ByteSink {
  /** Resolves when the bytes are taken; to false when the reader has gone (a pipe into `head`). Throws InputError. */
  readonly write: (bytes: Buffer) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export function fileSink(path: string): ByteSink {
  let handle: FileHandle | undefined;
  return {
    async write(bytes) {
      try {
        handle ??= await open(path, "w");
        await handle.writeFile(bytes);
        return true;
      } catch (error) {
        throw inWords(path, error);
      }
    },
    async close() {
      await handle?.close();
    },
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
