// path -> what stands there now: which file it is, and how large.

import type { BigIntStats } from "node:fs";
import { closeSync, openSync, statSync } from "node:fs";
import { InputError } from "../file-error.ts";

/** Tells a file from others that exist at the same time; a number is used again once its file is gone. */
export interface FileNumber {
  readonly device: string;
  readonly inode: string;
}

export interface FilePlace extends FileNumber {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** When it was made, nanoseconds since 1970; "0" where the file system does not keep it. */
  readonly born: string;
}

const ABSENT: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);
const DENIED: ReadonlySet<unknown> = new Set(["EACCES", "EPERM"]);
const COMPRESSION = /\.(?:gz|zst|bz2|xz)$/u;

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && ABSENT.has(error.code);
}

/** The right to do it is missing. */
export function isDenial(error: unknown): boolean {
  return error instanceof Error && "code" in error && DENIED.has(error.code);
}

/** The file may not be read. */
export function isDenied(path: string): boolean {
  try {
    closeSync(openSync(path, "r"));
    return false;
  } catch (error) {
    return isDenial(error);
  }
}

/** Undefined when nothing is there. Throws the system's error when that cannot be told, InputError for what is no file. */
export function placeAt(path: string): FilePlace | undefined {
  let stat: BigIntStats;
  try {
    stat = statSync(path, { bigint: true });
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  if (stat.isDirectory()) throw new InputError(`${path}: is a folder; name the files in it, as in ${path}/mail*.log`);
  if (!stat.isFile())
    throw new InputError(`${path}: is no file; a pipe is read as standard input: squall standalone -`);
  return { path, size: Number(stat.size), mtimeMs: Number(stat.mtimeMs), born: bornOf(stat), ...numberOf(stat) };
}

/** The same, undefined also for what is no file. Throws the system's error. */
export function regularAt(path: string): FilePlace | undefined {
  try {
    return placeAt(path);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

export function bornOf(stat: BigIntStats): string {
  return String(stat.birthtimeNs);
}

export function numberOf(stat: BigIntStats): FileNumber {
  return { device: String(stat.dev), inode: String(stat.ino) };
}

/** Undefined when it is not there, or cannot be looked at. */
export function numberOfFolder(path: string): FileNumber | undefined {
  try {
    return numberOf(statSync(path, { bigint: true }));
  } catch {
    return undefined;
  }
}

export function isSameFile(one: FileNumber, other: FileNumber): boolean {
  return one.inode === other.inode && one.device === other.device;
}

export function isCompressedName(path: string): boolean {
  return COMPRESSION.test(path);
}

export function withoutCompression(path: string): string {
  return path.replace(COMPRESSION, "");
}
