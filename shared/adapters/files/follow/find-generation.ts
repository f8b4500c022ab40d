// a mark and the files that are there -> the one that holds what was read, by its number and by what it begins with.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { FilePlace } from "./file-place.ts";
import { isAbsent, isCompressedName, isDenial } from "./file-place.ts";
import type { GenerationMark } from "./generation-mark.ts";
import { bears, HEAD_BYTES, printOf } from "./generation-mark.ts";
import { inflatedHead } from "./inflated-generation.ts";

/** What compressing nothing leaves: a head with the file's name, and a checksum. */
const EMPTY_COMPRESSED_BYTES_MAX = 512;

/** "denied": without the right to read it. "shorter": it begins so, but ends before what was read. A machine that lost power may lose the end of a log. */
type Likeness = "same" | "shorter" | "other" | "denied";

export interface Located {
  readonly place: FilePlace;
  readonly offset: number;
}

/** Undefined when none holds it. Throws the system's error when a file that might be it cannot be looked into. */
export async function findGeneration(places: readonly FilePlace[], mark: GenerationMark): Promise<Located | undefined> {
  const plain = places.filter(({ path }) => !isCompressedName(path));
  const numbered = plain.filter(({ inode }) => inode === mark.inode);
  // A device may have another number after a restart of the machine.
  numbered.sort((a, b) => Number(b.device === mark.device) - Number(a.device === mark.device));
  let shorter: Located | undefined;
  for (const place of numbered) {
    if (mark.head.bytes === 0 && !isSameEmpty(place, mark)) continue;
    const likeness = likenessOf(place.path, mark);
    // Without the right to look, its number has to do; whoever opens it will be told.
    if (likeness === "same" || likeness === "denied") return { place, offset: mark.offset };
    if (likeness === "shorter") shorter ??= { place, offset: place.size };
  }
  if (mark.head.bytes === 0) return undefined;
  if (shorter !== undefined) return shorter;
  for (const place of plain) {
    if (place.inode !== mark.inode && likenessOf(place.path, mark) === "same") return { place, offset: mark.offset };
  }
  const compressed = places.filter(({ path }) => isCompressedName(path));
  compressed.sort((a, b) => Number(b.inode === mark.inode) - Number(a.inode === mark.inode));
  for (const place of compressed) {
    if (bears(await inflatedHead(place.path), mark.head)) return { place, offset: mark.offset };
  }
  return undefined;
}

function isSameEmpty(place: FilePlace, { device, born }: GenerationMark): boolean {
  return place.device === device && place.born !== "0" && place.born === born;
}

/** What a plain file holds, beside what was read. */
export function likenessOf(path: string, mark: GenerationMark): Likeness {
  const bytes = Buffer.alloc(HEAD_BYTES);
  return withFile<Likeness>(path, { absent: "other", denied: "denied" }, (descriptor) => {
    if (!bears(bytes.subarray(0, readSync(descriptor, bytes, 0, mark.head.bytes, 0)), mark.head)) return "other";
    if (fstatSync(descriptor).size < mark.offset) return "shorter";
    const { before, offset } = mark;
    if (before === undefined) return "same";
    const length = readSync(descriptor, bytes, 0, before.bytes, offset - before.bytes);
    return bears(bytes.subarray(0, length), before) ? "same" : "other";
  });
}

/** The file is a copy, whole or in the making, of what the other still holds. */
export function isCopyOf(place: FilePlace, other: FilePlace): boolean {
  if (place.size === 0 || place.size > other.size || isCompressedName(place.path)) return false;
  const head = headOf(place.path);
  return head.length > 0 && bears(headOf(other.path), printOf(head));
}

/** It holds nothing, compressed or not. */
export async function isEmpty({ path, size }: FilePlace): Promise<boolean> {
  if (size === 0) return true;
  if (!isCompressedName(path) || size > EMPTY_COMPRESSED_BYTES_MAX) return false;
  return (await inflatedHead(path)).length === 0;
}

/** A mark of the file as a whole: what comes behind it in order is new. */
export async function markOf({ path, device, inode, born }: FilePlace): Promise<GenerationMark> {
  const head = isCompressedName(path) ? await inflatedHead(path) : headOf(path);
  const mark = { path, device, inode, offset: 0, head: printOf(head) };
  return head.length > 0 ? mark : { ...mark, born };
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  const none = head.subarray(0, 0);
  return withFile(path, { absent: none, denied: none }, (descriptor) =>
    head.subarray(0, readSync(descriptor, head, 0, HEAD_BYTES, 0)),
  );
}

function withFile<T>(
  path: string,
  without: { readonly absent: T; readonly denied: T },
  act: (descriptor: number) => T,
): T {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    return act(descriptor);
  } catch (error) {
    if (isAbsent(error)) return without.absent;
    if (isDenial(error)) return without.denied;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
