// What a receiver answered, or a command printed -> what may be shown of it: a receiver may repeat the address that it was called by,
// and path, query and login of an address may be its secret.

import { shownText } from "../../shared/domain/storm-alert-words.ts";

/** Shorter pieces of an address, such as "api", are no secrets, and blanking them would blank words. */
const PIECE_CHARS_MIN = 6;
const EXCERPT_CHARS_MAX = 200;

/** Blanks each secret, and each longer piece of one, wherever it stands; then makes the text printable, and short. */
export function redactedExcerpt(text: string, secrets: readonly string[]): string {
  const pieces = new Set<string>();
  for (const secret of secrets) {
    for (const piece of [secret, ...placesIn(secret), ...secret.split(/[/?&=:@#\s]+/u)]) {
      if (piece.length < PIECE_CHARS_MIN) continue;
      pieces.add(piece);
      pieces.add(decoded(piece));
    }
  }
  let result = text;
  for (const piece of [...pieces].sort((a, b) => b.length - a.length)) result = result.replaceAll(piece, "***");
  return shownText(result, EXCERPT_CHARS_MAX);
}

/** The end of a command's output, where it says what went wrong. */
export function outputTail(output: string): string {
  return shownText(output.trimEnd().slice(-EXCERPT_CHARS_MAX), EXCERPT_CHARS_MAX);
}

/** Of an address, what a server calls it: its path, with and without the query. A path of short pieces may be a secret as a whole. */
function placesIn(secret: string): string[] {
  const url = URL.parse(secret);
  return url === null ? [] : [`${url.pathname}${url.search}`, url.pathname];
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
