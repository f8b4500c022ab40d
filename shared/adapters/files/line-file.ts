// Lines to a file, buffered, in order. For output beside the main stream: windows, rejected lines, ground truth.

import { closeSync, openSync, writeSync } from "node:fs";
import { inWords } from "./file-error.ts";

const BUFFER_CHARS = 65_536;

export interface LineFile {
  /** Appends one line; the line break is added. */
  readonly write: (line: string) => void;
  readonly close: () => void;
}

/** Creates or empties the file. Throws InputError when it cannot be written. */
export function openLineFile(path: string): LineFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, "w");
  } catch (error) {
    throw inWords(path, error, "writing");
  }
  let pending = "";
  const flush = (): void => {
    const bytes = Buffer.from(pending);
    pending = "";
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
    } catch (error) {
      throw inWords(path, error, "writing");
    }
  };
  return {
    write(line) {
      pending += `${line}\n`;
      if (pending.length >= BUFFER_CHARS) flush();
    },
    close() {
      if (pending.length > 0) flush();
      closeSync(descriptor);
    },
  };
}
