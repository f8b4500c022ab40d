// A line that was not taken -> one NDJSON line that says why, for whoever mends what wrote it.

import { decodeMailEvent } from "../../../shared/domain/mail-event-codec.ts";
import type { RejectionReason } from "../../ingest/rejection.ts";

/** Longest rejected line kept, bytes. */
const REJECTED_BYTES_MAX = 2_048;

export interface RejectedLine {
  readonly reason: RejectionReason;
  readonly input: string;
  /** Counts from 1. */
  readonly line: number;
  readonly bytes: Buffer;
}

/** Without the line break. Of a MailEvent it names the field and what is wrong with it. */
export function deadLetter({ reason, input, line, bytes }: RejectedLine): string {
  const text = bytes.toString("latin1", 0, REJECTED_BYTES_MAX);
  return JSON.stringify({ v: 1, reason, ...(reason === "bad-mail-event" ? faultOf(bytes) : {}), input, line, text });
}

/** Decoded a second time: lines are many and dead letters few. */
function faultOf(bytes: Buffer): { readonly fault?: string; readonly field?: string } {
  const decoded = decodeMailEvent(bytes.toString("utf8"), { site: "any" });
  if (decoded.ok) return {};
  return { fault: decoded.reason, ...(decoded.detail === "" ? {} : { field: decoded.detail }) };
}
