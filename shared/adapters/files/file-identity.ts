// path -> what tells this file from another, whatever it is called.

import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { open, stat } from "node:fs/promises";
import { inWords } from "./file-error.ts";

const FINGERPRINT_BYTES = 65_536;

/** Device and inode, and for copies size, head and tail. Nothing for what is no regular file: opening a pipe would take its writer. */
export async function fileIdentity(path: string): Promise<readonly string[]> {
  let handle: FileHandle | undefined;
  try {
    const found = await stat(path);
    if (!found.isFile()) return [];
    const { dev, ino, size } = found;
    const inode = `inode ${dev} ${ino}`;
    if (size === 0) return [inode];
    handle = await open(path, "r");
    const ends = Buffer.alloc(FINGERPRINT_BYTES * 2);
    const head = await handle.read(ends, 0, FINGERPRINT_BYTES, 0);
    const tail = await handle.read(ends, head.bytesRead, FINGERPRINT_BYTES, Math.max(0, size - FINGERPRINT_BYTES));
    const hash = createHash("sha256")
      .update(ends.subarray(0, head.bytesRead + tail.bytesRead))
      .digest("hex");
    return [inode, `content ${size} ${hash}`];
  } catch (error) {
    throw inWords(path, error);
  } finally {
    await handle?.close();
  }
}
