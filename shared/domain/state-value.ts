// What is kept of a process in its state: keys and values, and the refusal of a value that is not what was written.

import type { DecodeFault, DecodeReason } from "./decode-fault.ts";

/** Takes one entry; undefined: what stood under the key is forgotten. A value is valid during the call only where its part says so. */
export type PutEntry = (key: string, value: Buffer | undefined) => void;

/**
 * Entries of kinds that are not known here: a newer squall kept them, which had the state before this one. They are let go of: nobody
 * here could keep them true, and a newer one that comes back does without, as it does behind an older one.
 */
export class UnknownEntries {
  private keys: string[] = [];

  /** That are still to be let go of. */
  get size(): number {
    return this.keys.length;
  }

  add(key: string): void {
    this.keys.push(key);
  }

  changes(put: PutEntry): void {
    for (const key of this.keys) put(key, undefined);
    this.keys = [];
  }
}

/** Largest value of an entry, bytes. */
export const STATE_VALUE_BYTES_MAX = 65_536;

/** A value that another version wrote, or that is damaged. */
export class StateValueError extends Error {
  readonly key: string;
  readonly reason: DecodeReason;

  constructor(key: string, { reason, detail }: Pick<DecodeFault, "reason" | "detail">) {
    super(`the state entry ${key} cannot be read: ${reason}${detail === "" ? "" : ` (${detail})`}`);
    this.name = "StateValueError";
    this.key = key;
    this.reason = reason;
  }
}

/** The value that decoding gave. Throws StateValueError where it was refused. */
export function decodedState<Value>(
  key: string,
  decoded: { readonly ok: true; readonly value: Value } | DecodeFault,
): Value {
  if (decoded.ok) return decoded.value;
  throw new StateValueError(key, decoded);
}
