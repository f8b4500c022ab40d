// What can never be stored.

import type { DecodeReason } from "../../../shared/domain/decode-fault.ts";
import type { Origin } from "./partition-read.ts";

/** `refused`: InfluxDB does not take the point; `detail` is what it says. */
export type DeadLetterReason = DecodeReason | "not-utf8" | "refused";

export interface DeadLetter {
  readonly origin: Origin;
  readonly reason: DeadLetterReason;
  readonly detail: string;
  /** The line as it was read, or as it would be written. */
  readonly value: Buffer;
}
