// The port of a state log: what a process must still know after a crash, as entries that are written whole or not at all.

/** The longest key, in bytes of UTF-8. */
const STATE_KEY_BYTES_MAX = 1024;
/** The longest value, in bytes. */
const STATE_VALUE_BYTES_MAX = 65_536;

export interface StateEntry {
  /** Begins with the name of the part it belongs to: `input/…`, `detector/…`. 1 to 1,024 bytes. */
  readonly key: string;
  /** 64 KiB at most; undefined: the key is forgotten. */
  readonly value: Buffer | undefined;
}

/**
 * Why a state log cannot do what was asked:
 * - `full`: no room on the disk. Nothing of the flush counts; it may be tried again, with whatever changed since.
 * - `damaged`: what is stored is not what was written, and it is not the torn end that a crash leaves.
 * - `version`: written by a newer squall.
 * - `held`: another process uses it.
 * - `access`: rights, or no such folder.
 * - `misuse`: what was asked can never be done (a key or value too long, a flush after a failed one without its entries).
 * - `failed`: anything else; the log is to be opened anew.
 */
export type StateLogFault = "full" | "damaged" | "version" | "held" | "access" | "misuse" | "failed";

/** The message is one or two lines that a person can act on, with the file and the offset where there are any. */
export class StateLogError extends Error {
  override readonly name = "StateLogError";
  readonly fault: StateLogFault;

  constructor(fault: StateLogFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

export interface StateLog {
  /**
   * One flush: whole or not at all, in order; of a key that is named twice the last value counts. Resolves when a kill of the
   * process can no longer undo it. Rejects with StateLogError; then nothing of it counts. After `full` the log goes on, but takes
   * only a flush that names every key of the one that failed, so that no flush is left out by mistake: keep the entries, put
   * what changed meanwhile over them, and try again. After `misuse` it goes on as if nothing had been asked. After anything else
   * every further call rejects, and the log is to be opened anew. Values may be reused by the caller once it has resolved.
   */
  append(entries: readonly StateEntry[]): Promise<void>;
  /** The last value of every key that is not forgotten, in no particular order; called once, before the first append. Each value is a buffer of its own. */
  read(onEntry: (key: string, value: Buffer) => void): Promise<void>;
  /** Waits for flushes under way. Further calls reject. */
  close(): Promise<void>;
}

/** Throws StateLogError `misuse` for entries that no state log takes. */
export function checkEntries(entries: readonly StateEntry[]): void {
  for (const { key, value } of entries) {
    if (!key.isWellFormed()) throw new StateLogError("misuse", `a state key that is no text: ${JSON.stringify(key)}`);
    const keyBytes = Buffer.byteLength(key);
    if (keyBytes === 0 || keyBytes > STATE_KEY_BYTES_MAX) {
      throw new StateLogError("misuse", `a state key of ${keyBytes} bytes: it must have 1 to ${STATE_KEY_BYTES_MAX}`);
    }
    if (value !== undefined && value.length > STATE_VALUE_BYTES_MAX) {
      const most = `at most ${STATE_VALUE_BYTES_MAX} may be stored`;
      throw new StateLogError("misuse", `${key}: a state value of ${value.length} bytes; ${most}`);
    }
  }
}

/** After flushes that found no room: the next must name every key of them. */
export class UnfinishedFlush {
  private keys: Set<string> | undefined;

  failed(entries: readonly StateEntry[]): void {
    this.keys ??= new Set();
    for (const { key } of entries) this.keys.add(key);
  }

  finished(): void {
    this.keys = undefined;
  }

  /** Throws StateLogError `misuse` when the flush leaves out what the failed one said. */
  check(entries: readonly StateEntry[]): void {
    if (this.keys === undefined) return;
    const named = new Set(entries.map(({ key }) => key));
    for (const key of this.keys) {
      if (named.has(key)) continue;
      throw new StateLogError("misuse", `the flush that found no room must be tried again first: ${key} is missing`);
    }
  }
}
