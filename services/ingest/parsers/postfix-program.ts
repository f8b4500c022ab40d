// which Postfix program a message is of, by the name that stands before its process id. Where the name does not say it
// (empty), a message is of the program that writes such messages: what stands behind a queue id is no sender's text.

import { ascii, spells } from "../bytes.ts";
import type { MessageBytes } from "./message-bytes.ts";

const CLEANUP = ascii("cleanup");
const QMGR = ascii("qmgr");

export function isCleanup(line: MessageBytes): boolean {
  return spells(line.bytes, line.component, CLEANUP) || isUnnamed(line);
}

/** qmgr, oqmgr or nqmgr. */
export function isQueueManager(line: MessageBytes): boolean {
  return spells(line.bytes, line.componentEnd - QMGR.length, QMGR) || isUnnamed(line);
}

/** Of which program it is was not said. */
export function isUnnamed(line: MessageBytes): boolean {
  return line.component === line.componentEnd;
}
