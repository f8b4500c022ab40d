// bytes of a JSON string -> where it ends. Long ones by the engine's own search, which is many times faster than a look at every
// byte. What escapes say, and whether they are any, is asked only of the strings that are read.

import { lesser } from "../bytes.ts";

const QUOTE = 34;
const BACKSLASH = 92;
/** Looked at one by one: names and short values end within them. */
const NEAR_BYTES = 40;
const NONE = 0x3fffffff;
const NOTHING = Buffer.alloc(0);

export class JsonStrings {
  /** An escape was passed, since this was last set to false. */
  hasEscapes = false;
  /** Where the next backslash is, and in which bytes: a search goes far beyond the line, once for many lines. */
  private searched: Buffer = NOTHING;
  private backslash = -1;

  /** Bytes that were read may have changed. */
  forget(): void {
    this.searched = NOTHING;
  }

  /** Position of the quote that ends a string whose text begins at `start`, -1 when none does before `end`. */
  end(bytes: Buffer, start: number, end: number): number {
    const near = lesser(end, start + NEAR_BYTES);
    let at = start;
    for (; at < near; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) {
        this.hasEscapes = true;
        at += 1;
      }
    }
    return at < end ? this.farEnd(bytes, at, end) : -1;
  }

  private farEnd(bytes: Buffer, start: number, end: number): number {
    let quote = bytes.indexOf(QUOTE, start);
    while (quote >= 0 && quote < end && isEscaped(bytes, start, quote)) quote = bytes.indexOf(QUOTE, quote + 1);
    if (quote < 0 || quote >= end) return -1;
    if (!this.hasEscapes && this.nextBackslash(bytes, start) < quote) this.hasEscapes = true;
    return quote;
  }

  private nextBackslash(bytes: Buffer, at: number): number {
    if (this.searched !== bytes) {
      this.searched = bytes;
      this.backslash = -1;
    }
    if (this.backslash < at) {
      const found = bytes.indexOf(BACKSLASH, at);
      this.backslash = found < 0 ? NONE : found;
    }
    return this.backslash;
  }
}

/** Does an odd number of backslashes stand before the quote? `start`: where no escape is open. */
function isEscaped(bytes: Buffer, start: number, quote: number): boolean {
  let at = quote;
  while (at > start && bytes[at - 1] === BACKSLASH) at -= 1;
  return ((quote - at) & 1) === 1;
}
