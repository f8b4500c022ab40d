// "from=<S>, size=N, nrcpt=M (queue active)" of the queue manager, read from its end: the sender is an outsider's text.

import { findLast, lesser, needle } from "../bytes.ts";

const SPACE = 32;
const NRCPT = needle(", nrcpt=");
const SIZE = needle(">, size=");
const RECIPIENTS_MOST = 1_000_000_000;

/** Reused for every line. After `read` returned true its fields hold the result. */
export class QueueManagerLineReader {
  /** Position of the ">" behind the sender. */
  senderEnd = 0;
  recipients = 0;

  /** False when the line has not the shape. */
  read(bytes: Buffer, start: number, end: number): boolean {
    const nrcpt = findLast(bytes, start, end, NRCPT);
    const size = nrcpt < 0 ? -1 : findLast(bytes, start, nrcpt, SIZE);
    if (size < 0) return false;
    let count = 0;
    let at = nrcpt + NRCPT.literal.length;
    for (; at < end && (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57; at += 1) {
      count = lesser(count * 10 + (bytes[at] ?? 0) - 48, RECIPIENTS_MOST);
    }
    this.senderEnd = size;
    this.recipients = count;
    return bytes[at] === SPACE && count > 0;
  }
}
