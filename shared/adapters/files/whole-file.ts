// A text -> a file that is there whole or not at all: written beside it, then put in its place.

import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { InputError, inWords } from "./file-error.ts";

/** What is written names people: who else may read it says the one who owns it. */
const OWNER_ALONE = 0o600;

export interface WholeFileDeps {
  /** Throws where it is not allowed. */
  readonly chown: (path: string, uid: number, gid: number) => void;
}

const REAL: WholeFileDeps = { chown: chownSync };

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

/** Creates the file for its owner alone, or replaces it with the same owner, group and rights. Throws InputError when it cannot be written; what was there before then stays. */
export function writeWholeFile(path: string, text: string, deps: WholeFileDeps = REAL): void {
  const beside = nameBeside(path);
  try {
    writeFileSync(beside, text, { flag: "wx", flush: true, mode: OWNER_ALONE });
    giveRightsOf(targetOf(path), beside, deps);
    renameSync(beside, targetOf(path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw inWords(path, error, "writing");
  }
}

/** Another group must not have what the old one was meant to have: where it cannot be kept the owner alone may read. */
function giveRightsOf(path: string, beside: string, { chown }: WholeFileDeps): void {
  if (!existsSync(path)) return;
  const { uid, gid, mode } = statSync(path);
  try {
    chown(beside, uid, gid);
  } catch {
    return;
  }
  chmodSync(beside, mode & 0o777);
}

/** Where a link leads: it stays a link. */
function targetOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function nameBeside(path: string): string {
  return `${targetOf(path)}.${process.pid}.part`;
}
