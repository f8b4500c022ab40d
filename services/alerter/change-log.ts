// Which state entries have changed since the last flush, and which flush must be written before something may be done.

import type { PutEntry } from "../../shared/domain/state-value.ts";

export class ChangeLog {
  private readonly changed = new Map<string, () => Buffer | undefined>();
  private told = 0;
  private written = 0;

  /** `valueOf` is asked when the flush is made. Returns the number of the flush that will hold the change. */
  mark(key: string, valueOf: () => Buffer | undefined): number {
    this.changed.set(key, valueOf);
    return this.told + 1;
  }

  /** Tells every changed entry once: the flush that is being made holds them. */
  changes(put: PutEntry): void {
    this.told += 1;
    for (const [key, valueOf] of this.changed) put(key, valueOf());
    this.changed.clear();
  }

  /** Every flush that was told is written. */
  flushed(): void {
    this.written = this.told;
  }

  isWritten(flush: number): boolean {
    return flush <= this.written;
  }
}
