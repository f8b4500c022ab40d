// which Postfix program a message is of, by the name that stands before its process id.

import { ascii, spells } from "../bytes.ts";
import type { MessageBytes } from "./message-bytes.ts";

const CLEANUP = ascii("cleanup");
const QMGR = ascii("qmgr");

export function isCleanup(line: MessageBytes): boolean {
  return spells(line.bytes, line.component, CLEANUP);
}

/** qmgr, oqmgr or nqmgr. */
export function isQueueManager(line: MessageBytes): boolean {
  return spells(line.bytes, line.componentEnd - QMGR.length, QMGR);
}
