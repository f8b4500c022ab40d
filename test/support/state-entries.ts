// Entries of a state as its log would keep them, and a part's flushes checked on the way: each key once, none too large.

import { type PutEntry, STATE_VALUE_BYTES_MAX } from "../../shared/domain/state-value.ts";

export class StateEntries extends Map<string, Buffer> {
  /** Bytes of all values that were ever put. */
  written = 0;

  /** One flush. */
  take(changes: (put: PutEntry) => void): void {
    const told = new Set<string>();
    changes((key, value) => {
      if (told.has(key)) throw new Error(`${key} was told twice in one flush`);
      told.add(key);
      if (value === undefined) {
        if (!this.delete(key)) throw new Error(`${key} was forgotten, and never told`);
        return;
      }
      if (value.length > STATE_VALUE_BYTES_MAX) throw new Error(`${key} takes ${value.length} bytes`);
      this.written += value.length;
      this.set(key, Buffer.from(value));
    });
  }
}
