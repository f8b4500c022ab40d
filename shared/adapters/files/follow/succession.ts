// Which file follows which: the generations of one log, in the order in which they were written.

import type { FileNumber, FilePlace } from "./file-place.ts";
import type { Located } from "./find-generation.ts";
import type { GenerationMark } from "./generation-mark.ts";

export interface FirstStart {
  /** The generation in front of those that are to be read. */
  readonly previous: GenerationMark | undefined;
  /** The file that is being written now. */
  readonly newest: FilePlace | undefined;
}

export interface Among {
  /** Files that are being read already. */
  readonly except: readonly FileNumber[];
  /** One that counts though it holds nothing. */
  readonly held?: FileNumber;
}

/** All throw the system's error when they cannot tell. */
export interface Succession {
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
