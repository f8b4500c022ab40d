// What a decoder says of a line it refuses. One closed set of reasons for every record that squall reads.

/** Why a line is refused. */
export const DECODE_REASONS = [
  "not-json",
  "not-an-object",
  "unknown-version",
  "missing-field",
  "wrong-type",
  "out-of-range",
  "unknown-field",
  "too-long",
  "control-character",
] as const;
export type DecodeReason = (typeof DECODE_REASONS)[number];

/** A refused line: the reason, and the path of the field it is about (`lists[2].address`; "" for the whole line). */
export interface DecodeFault {
  readonly ok: false;
  readonly reason: DecodeReason;
  readonly detail: string;
}

/** The first fault of one decoding, shared by all objects of the line. */
export interface Reading {
  fault: DecodeFault | undefined;
  /** A field that is not known refuses the line. */
  readonly isClosed?: boolean;
}
