// Why stored state cannot be taken up. It is never taken up in part: whoever reads it starts without it or not at all.

export type StateEntryReason = "no-room" | "unknown-version" | "damaged" | "missing-entry";

export class StateEntryError extends Error {
  override readonly name = "StateEntryError";
  readonly reason: StateEntryReason;
  readonly key: string;

  /** `detail`: of which field, or what is missing. */
  constructor(reason: StateEntryReason, key: string, detail: string) {
    super(`state entry ${key}: ${reason}${detail === "" ? "" : ` (${detail})`}`);
    this.reason = reason;
    this.key = key;
  }
}
