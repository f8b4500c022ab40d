// The value of one record -> the windows and alerts in it, a line each, and what is none of them.

import { isUtf8 } from "node:buffer";
import type { DecodeFault, DecodeReason } from "../../../shared/domain/decode-fault.ts";

export type Fault = { readonly reason: DecodeReason | "not-utf8"; readonly detail: string; readonly line: Buffer };

const LINE_FEED = 10;

/** One call of `onValue` or `onFault` for every line that is not empty, in order. */
export function readRecord<Value>(
  record: Buffer,
  decode: (line: string) => { readonly ok: true; readonly value: Value } | DecodeFault,
  onValue: (value: Value) => void,
  onFault: (fault: Fault) => void,
): void {
  for (let from = 0; from < record.length;) {
    const feed = record.indexOf(LINE_FEED, from);
    const to = feed < 0 ? record.length : feed;
    const bytes = record.subarray(from, to);
    from = to + 1;
    if (bytes.length === 0) continue;
    if (!isUtf8(bytes)) {
      onFault({ reason: "not-utf8", detail: "", line: Buffer.from(bytes) });
      continue;
    }
    const decoded = decode(bytes.toString("utf8"));
    if (decoded.ok) onValue(decoded.value);
    else onFault({ reason: decoded.reason, detail: decoded.detail, line: Buffer.from(bytes) });
  }
}
