// A small file that holds one secret -> its text without the line break at its end, or why it cannot be had.

import { readFileSync, statSync } from "node:fs";
import { whatIsWrong } from "./file-error.ts";

const BYTES_MAX = 65_536;
/** A system's bundle of root certificates has a quarter of it. */
export const CERTIFICATES_BYTES_MAX = 1_048_576;

/** The text is never part of a fault. */
export function readSecretFile(
  path: string,
  bytesMax: number = BYTES_MAX,
): { readonly text: string } | { readonly fault: string } {
  try {
    if (statSync(path).size > bytesMax) return { fault: `is larger than ${bytesMax} bytes` };
    const text = readFileSync(path, "utf8").replace(/\s+$/u, "");
    return text === "" ? { fault: "is empty" } : { text };
  } catch (error) {
    return { fault: whatIsWrong(error) };
  }
}

/** May users read it who are neither its owner nor of its group? False where it cannot be told. */
export function isReadableByAll(path: string): boolean {
  try {
    return (statSync(path).mode & 0o004) !== 0;
  } catch {
    return false;
  }
}
