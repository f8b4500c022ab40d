// A thread's key, which whoever sends a mail may choose -> a tag of fixed length that says nothing.

import { createHash } from "node:crypto";

/** 64 bits, in hex: among a million threads two share one by a chance of one in 37 million. */
const ID_CHARS = 16;

export function threadId(site: string, threadKey: string): string {
  return createHash("sha256").update(`${site}\n${threadKey}`).digest("hex").slice(0, ID_CHARS);
}
