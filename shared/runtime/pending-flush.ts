// Changed entries -> one flush after the other. What finds no room on the disk is kept, newer values over older ones, and tried again.

import type { StateEntry, StateLog } from "./state-log.ts";
import { StateLogError } from "./state-log.ts";

/** Beside key and value: the entry in its table. */
const ENTRY_BYTES = 64;

export class PendingFlush {
  private entries = new Map<string, Buffer | undefined>();
  /** About what the entries take in memory. */
  bytes = 0;
  private isWriting = false;

  /** The entry is part of the next flush. */
  readonly put = (key: string, value: Buffer | undefined): void => {
    if (this.entries.has(key)) this.bytes -= size(key, this.entries.get(key));
    this.entries.set(key, value);
    this.bytes += size(key, value);
  };

  get keys(): number {
    return this.entries.size;
  }

  /**
   * Writes all entries as one flush; what is put meanwhile is for the next. One at a time. Throws StateLogError; after `full` the
   * entries are still here, for the next try: stop taking in more when `bytes` has become too much.
   */
  async write(log: StateLog): Promise<void> {
    if (this.isWriting) throw new StateLogError("misuse", "one flush after the other");
    const taken = this.entries;
    if (taken.size === 0) return;
    this.entries = new Map();
    this.bytes = 0;
    this.isWriting = true;
    try {
      await log.append(Array.from(taken, ([key, value]): StateEntry => ({ key, value })));
    } catch (error) {
      for (const [key, value] of taken) if (!this.entries.has(key)) this.put(key, value);
      throw error;
    } finally {
      this.isWriting = false;
    }
  }
}

function size(key: string, value: Buffer | undefined): number {
  return ENTRY_BYTES + key.length + (value?.length ?? 0);
}
