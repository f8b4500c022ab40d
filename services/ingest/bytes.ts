// Byte comparisons and searches in place: what the hot path uses instead of strings.

/** Do the bytes at `at` spell `literal`? */
export function spells(bytes: Buffer, at: number, literal: Uint8Array): boolean {
  for (let index = 0; index < literal.length; index += 1) {
    if (bytes[at + index] !== literal[index]) return false;
  }
  return true;
}

/** Do the bytes from `start` to `end` spell `text` (latin1), no more and no less? */
export function equalsText(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

/** A text to look for, and how far a look may jump ahead by the byte it meets (Horspool). */
export interface Needle {
  readonly literal: Uint8Array;
  readonly jumps: Uint8Array;
}

export function needle(text: string): Needle {
  const literal = ascii(text);
  const jumps = new Uint8Array(256).fill(literal.length);
  for (let index = 0; index < literal.length - 1; index += 1) jumps[literal[index] ?? 0] = literal.length - 1 - index;
  return { literal, jumps };
}

/** First position of a needle in [from, end), or -1. */
export function find(bytes: Buffer, from: number, end: number, { literal, jumps }: Needle): number {
  const tail = literal.length - 1;
  const lastByte = literal[tail];
  for (let at = from + tail; at < end;) {
    const byte = bytes[at] ?? 0;
    if (byte === lastByte && spells(bytes, at - tail, literal)) return at - tail;
    at += jumps[byte] ?? 1;
  }
  return -1;
}

/** Last position of `literal` that begins in [from, end), or -1. */
export function findLast(bytes: Buffer, from: number, end: number, literal: Uint8Array): number {
  const first = literal[0];
  for (let at = end - literal.length; at >= from; at -= 1) {
    if (bytes[at] === first && spells(bytes, at, literal)) return at;
  }
  return -1;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
