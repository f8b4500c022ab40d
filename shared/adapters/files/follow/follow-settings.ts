// What following needs to know, and what it tells.

import type { WatchFolder } from "./folder-watch.ts";

export interface FollowSettings {
  /**
   * Where a file is begun that was there when it was first looked at, and of which no position is stored. What appears later is always
   * read from its start.
   */
  readonly from: "start" | "end";
  /** How often files are looked at when nothing tells that they changed: watching misses events on network mounts and in containers. */
  readonly pollMs: number;
  /** How long a file that was rotated away is still read after it last grew: its writer may not have opened the new one yet. */
  readonly lingerMs: number;
  /**
   * The same for a file with a date in its name: a line that comes late may be written to the file of its own time. Later than this it
   * would not count any more.
   */
  readonly lateMs: number;
}

/**
 * From the end: an alert about what was over before squall was started is a false one, and would be the first thing a postmaster sees.
 * What the lists were like is learnt from old logs by other means, which tell nobody.
 */
export const defaultFollowSettings: FollowSettings = {
  from: "end",
  pollMs: 500,
  lingerMs: 60_000,
  lateMs: 7_200_000,
};

/**
 * "missing": the file is not there (yet). "unreadable": it cannot be opened or read. "mended": either is over. "rotated", "truncated":
 * a new generation begins. "generation-lost": the rest of one was not found again. "too-many": files beyond the bound are not read.
 */
export type FollowEvent =
  | "missing"
  | "unreadable"
  | "mended"
  | "rotated"
  | "truncated"
  | "generation-lost"
  | "too-many";

/** One a change of state. */
export interface FollowNotice {
  readonly event: FollowEvent;
  /** Name of the input. */
  readonly input: string;
  /** One line for a person, beginning with the file. */
  readonly message: string;
}

export interface FollowCounters {
  /** Handed out, inflated. */
  bytesRead: number;
  rotations: number;
  truncations: number;
  lostGenerations: number;
  /** Now. */
  openFiles: number;
  /** Times that a file became unreadable. */
  faults: number;
}

export interface FollowDeps {
  readonly onNotice: (notice: FollowNotice) => void;
  readonly nowMs: () => number;
  /** Calls back again and again, until what it returns is called. */
  readonly every: (intervalMs: number, callback: () => void) => () => void;
  readonly watchFolder: WatchFolder;
}

export function newFollowCounters(): FollowCounters {
  return { bytesRead: 0, rotations: 0, truncations: 0, lostGenerations: 0, openFiles: 0, faults: 0 };
}
