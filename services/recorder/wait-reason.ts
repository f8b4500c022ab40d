// Why nothing can be stored for now.

export const RECORDER_WAIT_REASONS = [
  "auth-error",
  "not-found",
  "rate-limited",
  "server-error",
  "timeout",
  "unreachable",
  "unexpected",
  /** Not even a point that is known to be right: the bucket or the way to it is wrong, not the points. */
  "refuses-all",
  "aborted",
] as const;
export type WaitReason = (typeof RECORDER_WAIT_REASONS)[number];
