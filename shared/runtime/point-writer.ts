// The port of a time series database: points as lines, and one batch of them at a time. It tries nothing again by itself: whoever
// writes knows from the outcome what to do with the batch.

export type WrittenField =
  | { readonly name: string; readonly type: "integer" | "float"; readonly value: number }
  | { readonly name: string; readonly type: "string"; readonly value: string }
  | { readonly name: string; readonly type: "boolean"; readonly value: boolean };

export interface WrittenPoint {
  readonly measurement: string;
  readonly tags: ReadonlyArray<readonly [name: string, value: string]>;
  readonly fields: readonly WrittenField[];
  /** ms since the epoch. */
  readonly timeMs: number;
}

/** A point as the database takes it. */
export interface PointLine {
  readonly line: string;
  /** Points with the same one are the same point: the later takes the place of the earlier. */
  readonly identity: string;
}

/** Why a batch could not be written now, though it may be later. */
export const WAIT_REASONS = [
  "auth-error",
  "not-found",
  "rate-limited",
  "server-error",
  "timeout",
  "unreachable",
  "unexpected",
  "aborted",
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/**
 * What became of one batch. `detail` is one line for a person, without a secret.
 * - `stored`: all of it.
 * - `refused`: the server objects to something in it, or to its size; the others may or may not be stored. Lines one by one
 *   show which. `isAll`: it says that it took none of these lines, for what they are.
 * - `wait`: nothing is known to be wrong with it.
 */
export type WriteOutcome =
  | { readonly kind: "stored" }
  | { readonly kind: "refused"; readonly status: number; readonly detail: string; readonly isAll: boolean }
  | {
      readonly kind: "wait";
      readonly reason: WaitReason;
      readonly detail: string;
      /** Headers of the answer, as they came. */
      readonly retryAfter?: string | undefined;
      readonly date?: string | undefined;
    };

export interface PointWriter {
  lineOf(point: WrittenPoint): PointLine;
  /** Never rejects. One call at a time. An aborted signal gives it up: `wait`, "aborted". */
  write(lines: readonly string[], signal: AbortSignal): Promise<WriteOutcome>;
  close(): void;
}
