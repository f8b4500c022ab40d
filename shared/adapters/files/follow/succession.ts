// Which file follows which: the generations of one log, in the order in which they were written.

import type { FileNumber, FilePlace } from "./file-place.ts";
import { isSameFile } from "./file-place.ts";
import type { Located } from "./find-generation.ts";
import type { GenerationMark } from "./generation-mark.ts";

export interface FirstStart {
  /** The generation in front of those that are to be read. */
  readonly previous: GenerationMark | undefined;
  /** The file that is being written now. */
  readonly newest: FilePlace | undefined;
}

export interface Among {
  /** Those that are being read already. */
  readonly open: readonly FileNumber[];
  /** Those that cannot be read. */
  readonly damaged: readonly FilePlace[];
  /** One that counts though it holds nothing. */
  readonly held?: FileNumber;
}

/** A number that is used again is of another time; the files that are open keep theirs. */
export function mayBeBegun(place: FilePlace, { open, damaged }: Among): boolean {
  const isDamaged = (file: FilePlace): boolean => file.size === place.size && file.mtimeMs === place.mtimeMs;
  if (open.some((file) => isSameFile(place, file))) return false;
  return !damaged.some((file) => isSameFile(place, file) && isDamaged(file));
}

/** All throw the system's error when they cannot tell. */
export interface Succession {
  /** A file that was followed by another may be written to much later. */
  readonly mayGrowLate: boolean;
  /** Folders in which something may happen to it. */
  folders(): readonly string[];
  /** A file of that name may be one of its generations, before or after it was rotated. */
  concerns(fileName: string): boolean;
  /** Names have changed since they were looked at. */
  forgetNames(): void;
  /** A file is there that may be written to. */
  isThere(): boolean;
  /** Nothing has come behind it. */
  isNewest(file: FileNumber & { readonly path: string }): boolean;
  /** Where the rest of a generation stands now. */
  locate(mark: GenerationMark): Promise<Located | undefined>;
  /** What comes behind it and holds something; behind nothing: the first there is. */
  next(after: GenerationMark | undefined, among: Among): Promise<Located | undefined>;
  /** What is there at the very first start. */
  firstStart(from: "start" | "end"): Promise<FirstStart>;
}
