// Does a process catch a signal yet? One that is sent before ends it instead.

import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** Of a process on Linux; false when it is gone. */
export function catchesSignal(pid: number, signal: keyof typeof constants.signals): boolean {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    return ((BigInt(`0x${caught}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
  } catch {
    return false;
  }
}
