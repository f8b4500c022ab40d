// Byte comparisons and searches in place: what the hot path uses instead of strings.

/** Do the bytes at `at` spell `literal`? */
export function spells(bytes: Buffer, at: number, literal: Uint8Array): boolean {
  // A look beyond the end would make the engine compare floating-point numbers from then on.
  if (at + literal.length > bytes.length) return false;
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

/** A text to look for, and how far a look may jump by the byte it meets (Horspool). */
export interface Needle {
  readonly literal: Uint8Array;
  /** By the byte under the literal's last, when looking ahead. */
  readonly jumps: Uint8Array;
  /** By the byte under the literal's first, when looking back. */
  readonly jumpsBack: Uint8Array;
}

export function needle(text: string): Needle {
  const literal = ascii(text);
  const jumps = new Uint8Array(256).fill(literal.length);
  for (let index = 0; index < literal.length - 1; index += 1) jumps[literal[index] ?? 0] = literal.length - 1 - index;
  const jumpsBack = new Uint8Array(256).fill(literal.length);
  for (let index = literal.length - 1; index > 0; index -= 1) jumpsBack[literal[index] ?? 0] = index;
  return { literal, jumps, jumpsBack };
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

/** Last position of a needle in [from, end), or -1. */
export function findLast(bytes: Buffer, from: number, end: number, { literal, jumpsBack }: Needle): number {
  const firstByte = literal[0];
  for (let at = end - literal.length; at >= from;) {
    const byte = bytes[at] ?? 0;
    if (byte === firstByte && spells(bytes, at, literal)) return at;
    at -= jumpsBack[byte] ?? 1;
  }
  return -1;
}

/** The lesser of two places. `Math.min` would make them floating-point numbers, and every look at a byte behind it a conversion. */
export function lesser(a: number, b: number): number {
  return a < b ? a : b;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
