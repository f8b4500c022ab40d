// A text -> a file that is there whole or not at all: written beside it, then put in its place.

import { closeSync, existsSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { InputError, inWords } from "./file-error.ts";

/** Throws InputError when the file could not be written; leaves everything as it is. */
export function tryFile(path: string): void {
  if (existsSync(path) && !statSync(path).isFile()) {
    throw new InputError(`${path}: is ${statSync(path).isDirectory() ? "a directory" : "no regular file"}`);
  }
  const beside = nameBeside(path);
  try {
    closeSync(openSync(beside, "wx"));
    rmSync(beside);
  } catch (error) {
    throw inWords(path, error, "writing");
  }
}

/** Creates or replaces the file. Throws InputError when it cannot be written; what was there before then stays. */
export function writeWholeFile(path: string, text: string): void {
  const beside = nameBeside(path);
  try {
    writeFileSync(beside, text, { flag: "wx", flush: true });
    renameSync(beside, targetOf(path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw inWords(path, error, "writing");
  }
}

/** Where a link leads: it stays a link. */
function targetOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function nameBeside(path: string): string {
  return `${targetOf(path)}.${process.pid}.part`;
}
