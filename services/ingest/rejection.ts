// Why a line was not taken: a closed set, used alike as counter name, dead-letter field and summary line.

export const REJECTION_REASONS = [
  "line-too-long",
  "nul-byte",
  "invalid-utf8",
  "not-recognised",
  "bad-stamp",
  "too-many-hosts",
  "malformed-delivery",
  "malformed-queue-manager-line",
  "malformed-header-line",
  "malformed-client-line",
  "bad-json",
  "bad-envelope",
  "bad-journal-record",
  "bad-mail-event",
  "tracking-row-before-fields",
  "unknown-tracking-fields",
  "malformed-tracking-row",
] as const;

export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** What became of one line: used, a sound line of no interest here, not of this format at all, or a named rejection. */
export type LineOutcome = "used" | "other" | "not-mine" | RejectionReason;
