// A small file that holds one secret -> its text without the line break at its end, or why it cannot be had.

import { readFileSync, statSync } from "node:fs";
import { whatIsWrong } from "./file-error.ts";

const BYTES_MAX = 65_536;

/** The text is never part of a fault. */
export function readSecretFile(path: string): { readonly text: string } | { readonly fault: string } {
  try {
    if (statSync(path).size > BYTES_MAX) return { fault: `is larger than ${BYTES_MAX} bytes` };
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
