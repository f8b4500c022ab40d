// What the state log in a folder may be told, and what it counts.

export interface StateLogSettings {
  /** A segment that is longer gets no further frame; one flush may be longer by itself. */
  readonly segmentBytes: number;
  /** The log is cleaned while it is longer than twice what counts of it and this. */
  readonly slackBytes: number;
  /** All that is written is brought to the disk so often. */
  readonly syncEveryMs: number;
  /** A segment that is not needed any more stays for so long, for the sake of whoever copies the folder. */
  readonly keepDroppedMs: number;
  /** A flush that would bring more keys is refused. */
  readonly keysMax: number;
  /** Asked before each bringing to the disk: throws when the folder is not ours any more. */
  readonly checkHeld: () => Promise<void>;
  /** Any clock that only goes forward, ms. */
  readonly nowMs: () => number;
}

export const defaultStateLogSettings: StateLogSettings = {
  segmentBytes: 8 * 1024 * 1024,
  slackBytes: 32 * 1024 * 1024,
  syncEveryMs: 1000,
  keepDroppedMs: 10_000,
  keysMax: 5_000_000,
  checkHeld: () => Promise.resolve(),
  nowMs: () => performance.now(),
};

export interface StateLogCounters {
  flushes: number;
  flushedBytes: number;
  /** Written again to keep the log short. */
  copiedBytes: number;
  /** Flushes that found no room on the disk. */
  refusedForRoom: number;
  syncs: number;
  slowestSyncMs: number;
  /** Torn off at the end when the log was opened. */
  cutOffBytes: number;
  /** Whole flushes in it: what a power cut cost. */
  cutOffFlushes: number;
}

export interface StateLogSize {
  readonly keys: number;
  readonly segments: number;
  /** Of all files. */
  readonly bytes: number;
  /** Of the entries that count. */
  readonly liveBytes: number;
}
