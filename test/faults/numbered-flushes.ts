// Flushes that can be told by their number, and what a state log knows after each: written by a process that is killed, checked by the test.

import type { StateEntry } from "../../shared/runtime/state-log.ts";

const COLD_KEYS = 200;
const HOT_KEYS = 12;

/** Flush `n`, from 1 on: cold keys that are written once in a while, hot ones, mails that come and go, values of every size. */
export function flushOf(n: number): StateEntry[] {
  const entries: StateEntry[] = [
    { key: "last", value: Buffer.from(`${n}`) },
    { key: `hot/${n % HOT_KEYS}`, value: valueOf(n, (n * 37) % 600) },
    { key: `mail/${n}`, value: valueOf(n, (n * 13) % 90) },
    { key: `mail/${n - 20}`, value: undefined },
  ];
  if (n % 5 === 0) entries.push({ key: `cold/${(n / 5) % COLD_KEYS}`, value: valueOf(n, (n * 101) % 3000) });
  // Now and then a value that takes several writes.
  if (n % 97 === 0) entries.push({ key: `large/${n % 3}`, value: valueOf(n, 65_000) });
  return entries;
}

function valueOf(n: number, bytes: number): Buffer {
  const value = Buffer.alloc(bytes, n % 251);
  value.write(`${n}`);
  return value;
}

/** What is known after flush `n`, moved on flush by flush. */
export class ExpectedState {
  readonly entries = new Map<string, Buffer>();
  private n = 0;

  moveTo(n: number): void {
    if (n < this.n) throw new Error(`the state went back from ${this.n} to ${n}`);
    for (; this.n < n; this.n += 1) {
      for (const { key, value } of flushOf(this.n + 1)) {
        if (value === undefined) this.entries.delete(key);
        else this.entries.set(key, value);
      }
    }
  }
}
