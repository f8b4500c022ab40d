// What changed since the last flush -> one append to the state log. Nothing of it is told to anybody before it is written.
//
// While the log cannot be written (a full disk: a storm fills disks) detection goes on, and what was not written is kept and
// written with the next flush that succeeds. The caller is told so that alerts need not wait for room.

import type { StateEntry, StateLog } from "../../../shared/runtime/state-log.ts";

/** Tells every entry that changed since it was last asked. */
export interface StatePart {
  changes(put: (key: string, value: Buffer | undefined) => void): void;
}

export interface StateFlushCounters {
  flushes: number;
  entries: number;
  bytes: number;
  failures: number;
}

export class StateFlush {
  readonly counters: StateFlushCounters = { flushes: 0, entries: 0, bytes: 0, failures: 0 };
  private readonly log: StateLog;
  private readonly parts: readonly StatePart[];
  /** Collected and not written. */
  private pending = new Map<string, Buffer | undefined>();

  constructor(log: StateLog, parts: readonly StatePart[]) {
    this.log = log;
    this.parts = parts;
  }

  /** Entries that wait for a flush that succeeds. */
  get waiting(): number {
    return this.pending.size;
  }

  /** Collects at once, and resolves when it is written. One at a time. Rejects when it could not be; all of it waits for the next. */
  async flush(): Promise<void> {
    const { pending, counters } = this;
    for (const part of this.parts) part.changes((key, value) => void pending.set(key, value));
    if (pending.size === 0) return;
    const entries: StateEntry[] = [];
    for (const [key, value] of pending) {
      entries.push({ key, value });
      counters.bytes += value?.length ?? 0;
    }
    this.pending = new Map();
    try {
      await this.log.append(entries);
      counters.flushes += 1;
      counters.entries += entries.length;
    } catch (error) {
      counters.failures += 1;
      // What was collected meanwhile is newer.
      const newer = this.pending;
      this.pending = pending;
      for (const [key, value] of newer) pending.set(key, value);
      throw error;
    }
  }
}
