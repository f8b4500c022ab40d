// The folder of the state: made when it is not there, refused when others could change what is in it.

import type { Stats } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { stateFault } from "./state-log/state-fault.ts";
import { StateLogError } from "../../runtime/state-log.ts";

/** Whom the files in a folder belong to. */
export interface FolderOwner {
  readonly uid: number;
  readonly gid: number;
}

const OWNER_ONLY = 0o700;
const OTHERS_MAY_WRITE = 0o002;

/**
 * Makes the folder (0700) and those above it that are missing. Returns whom new files in it are to be given to: its owner when
 * root runs a command on the folder of another user, else undefined. Throws StateLogError.
 */
export async function openStateFolder(folder: string): Promise<FolderOwner | undefined> {
  let found: Stats;
  try {
    await makeFolder(folder);
    found = await stat(folder);
  } catch (error) {
    throw stateFault(folder, error);
  }
  if (!found.isDirectory()) throw new StateLogError("access", `${folder}: is no folder`);
  if ((found.mode & OTHERS_MAY_WRITE) !== 0) {
    const way = "take the right away (chmod o-w), or name a folder within it";
    throw new StateLogError("access", `${folder}: every user of this machine may write here: ${way}`);
  }
  const isRoot = process.getuid?.() === 0;
  return isRoot && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

/** Step by step: Node's own recursive way goes round for ever where a folder is there but takes none (/proc). */
async function makeFolder(folder: string): Promise<void> {
  if (await isMade(folder)) return;
  await makeFolder(dirname(folder));
  if (!(await isMade(folder))) throw Object.assign(new Error(folder), { code: "ENOENT" });
}

/** False where what is above it is missing, or will not have it. */
async function isMade(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: OWNER_ONLY });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" && dirname(folder) !== folder) return false;
    if (code !== "EEXIST") throw error;
  }
  return true;
}
