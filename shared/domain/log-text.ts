// bytes of a log line read as latin1 -> text that can be compared, shown and put on the wire.

import { hasUnprintable } from "./printable-text.ts";

function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** Bytes read as latin1 are UTF-8 more often than not; what is not stays as it is. A character that the log cut is left out. */
export function textOfBytes(latin1: string): string {
  if (isPlain(latin1)) return latin1;
  try {
    // As a stream: a sequence without its end is not an error.
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(latin1, "latin1"), { stream: true });
  } catch {
    return latin1;
  }
}

/** The same for an id or an address, with "?" for all that cannot be printed, as mail servers write it, and for one that is all cut. */
export function nameOfBytes(latin1: string): string {
  if (isPlain(latin1)) return latin1;
  const text = textOfBytes(latin1) || "?";
  return hasUnprintable(text) ? Array.from(text, (char) => (hasUnprintable(char) ? "?" : char)).join("") : text;
}
