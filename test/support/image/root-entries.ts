// What is in a folder: each entry by its path within it, with all that a change of it would change.

import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface RootEntry {
  readonly kind: "file" | "folder" | "other";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly changedMs: number;
}

export function rootEntries(root: string): ReadonlyMap<string, RootEntry> {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted();
  return new Map(paths.map((path) => [path, entryAt(join(root, path))]));
}

function entryAt(path: string): RootEntry {
  const stat = lstatSync(path);
  const kind = stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "other";
  const { uid, gid, size, ctimeMs: changedMs } = stat;
  return { kind, mode: stat.mode & 0o7777, uid, gid, size, changedMs };
}
