// Text from a log, so from an attacker -> one word of a command line, or a refusal.

import { hasUnprintable } from "../../../shared/domain/printable-text.ts";

/** True for text that may stand in a command once it is quoted: no control, bidi or invisible character, no line break. */
export function isQuotable(text: string): boolean {
  return !hasUnprintable(text);
}

/** One word for a POSIX shell. Inside single quotes nothing is special, so only the quote itself has to leave them. */
export function posixQuote(text: string): string {
  return `'${quotable(text).replaceAll("'", `'\\''`)}'`;
}

/** One string for PowerShell, where four typographic quotes end a single-quoted string as well; doubled they stand for themselves. */
export function powershellQuote(text: string): string {
  return `'${quotable(text).replaceAll(/['\u2018\u2019\u201A\u201B]/gu, "$&$&")}'`;
}

/** A Perl regular expression that matches the text and nothing else; still to be quoted for the shell. */
export function perlPattern(text: string): string {
  return `^${text.replaceAll(/[^0-9A-Za-z_\u0080-\u{10FFFF}]/gu, String.raw`\$&`)}$`;
}

function quotable(text: string): string {
  if (!isQuotable(text)) throw new RangeError("text with control characters cannot be quoted");
  return text;
}
