// A file that is not read from its start -> where to begin in it, and the lines at its head that its other lines need.

import type { PlainGeneration } from "./plain-generation.ts";

const NEWLINE = 10;
const HASH = 35;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);
/** How far back the beginning of the last line is looked for, and how many bytes of directives are read. */
const SEARCH_BYTES = 65_536;

/** Skips to the last line that begins within `size` bytes; returns the directives ("#Fields: …") that the file begins with. */
export function startAtEnd(generation: PlainGeneration, size: number): Buffer {
  const from = Math.max(0, size - SEARCH_BYTES);
  const end = generation.peek(from, size - from);
  const newline = end.lastIndexOf(NEWLINE);
  // A line that is begun is read whole.
  const offset = newline >= 0 || from === 0 ? from + newline + 1 : from + end.length;
  const head = directives(generation.peek(0, Math.min(SEARCH_BYTES, offset)));
  generation.skipTo(offset);
  return head;
}

function directives(head: Buffer): Buffer {
  let end = head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  if (head[end] !== HASH) return head.subarray(0, 0);
  while (head[end] === HASH) {
    const newline = head.indexOf(NEWLINE, end);
    if (newline < 0) break;
    end = newline + 1;
  }
  return Buffer.from(head.subarray(0, end));
}
