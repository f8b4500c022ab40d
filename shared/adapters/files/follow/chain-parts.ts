// What a chain of generations is made of, beside the generations.

import type { FollowCounters } from "./follow-settings.ts";
import type { GenerationMark } from "./generation-mark.ts";
import type { Generation } from "./generation.ts";
import type { Notices } from "./notices.ts";

/** Files that were rotated away and are still read. */
export const LINGERING_MAX = 8;
/** Rotated files that are known to be unreadable. */
export const DAMAGED_MAX = 64;
/** A line longer than a chunk that was begun before its file was rotated may still be ended there. */
export const LONG_LINE_MS = 5_000;

/** What is to be found again. */
export interface Unfinished {
  readonly mark: GenerationMark;
  /** What was handed out of it ends within a line. */
  readonly isMidLine: boolean;
  /** What stood behind its last whole line when it was emptied; undefined when it was not emptied. */
  readonly tail: Buffer | undefined;
}

export interface Next {
  readonly generation: Generation;
  /** What it goes on with. */
  readonly resumes?: Unfinished;
  /** The current one, of which nothing was read, comes after it. */
  readonly isBeforeCurrent?: boolean;
}

export interface ChainOptions {
  readonly counters: FollowCounters;
  readonly notices: Notices;
  /** A line that was not ended for so long after its file was rotated away is one. */
  readonly lingerMs: number;
  /** A file that did not grow for so long is let go. */
  readonly letGoMs: number;
  readonly nowMs: () => number;
  /** What comes next should be looked for. */
  readonly onWanted: () => void;
}
