// May this process read a file, and if not: which step of its path denies it, whose that is, and which group would do.

import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, resolve } from "node:path";

export interface Denied {
  /** The file itself, or the folder on the way to it that lets nobody through. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly owner: string;
  readonly group: string;
  /** "rw-r-----" */
  readonly mode: string;
  /** Being in its group would be enough. */
  readonly groupWouldDo: boolean;
}

export interface RightsDeps {
  /** Throws when it is denied; `mode` of node:fs constants. */
  readonly access: (path: string, mode: number) => void;
}

const REAL: RightsDeps = { access: accessSync };

/** Undefined when nothing denies it: it can be read, or is not there. */
export function whyDenied(path: string, { access }: RightsDeps = REAL): Denied | undefined {
  const full = resolve(path);
  const folders: string[] = [];
  for (let at = dirname(full); ; at = dirname(at)) {
    folders.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const folder of folders) if (isDenied(folder, constants.X_OK, access)) return deniedAt(folder, true);
  return isDenied(full, constants.R_OK, access) ? deniedAt(full, false) : undefined;
}

/** "anna (uid 1000)" */
export function ownName(): string {
  try {
    const { username, uid } = userInfo();
    return `${username} (uid ${uid})`;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** The bare name, for a command to copy. */
export function ownLogin(): string {
  try {
    return userInfo().username;
  } catch {
    return "USER";
  }
}

function isDenied(path: string, mode: number, access: RightsDeps["access"]): boolean {
  try {
    access(path, mode);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM");
  }
}

function deniedAt(path: string, isFolder: boolean): Denied {
  const needed = isFolder ? 0o010 : 0o040;
  try {
    const { mode, uid, gid } = statSync(path);
    const owner = nameIn("/etc/passwd", uid);
    const group = nameIn("/etc/group", gid);
    return { path, isFolder, owner, group, mode: modeText(mode), groupWouldDo: (mode & needed) !== 0 && gid !== 0 };
  } catch {
    return { path, isFolder, owner: "unknown", group: "unknown", mode: "unknown", groupWouldDo: false };
  }
}

/** The name of a number in a file of lines `name:x:number:…`; the number itself where it has none. */
function nameIn(file: string, id: number): string {
  try {
    const line = readFileSync(file, "utf8")
      .split("\n")
      .find((row) => row.split(":")[2] === String(id));
    return line?.split(":", 1)[0] ?? String(id);
  } catch {
    return String(id);
  }
}

function modeText(mode: number): string {
  return Array.from("rwxrwxrwx", (letter, index) => ((mode >> (8 - index)) & 1 ? letter : "-")).join("");
}
