// Text that came from a log -> text that may be shown or put into a command: nothing in it moves a cursor,
// starts a terminal sequence, breaks a line or reorders what is read.

/** True when the text holds a control character, a line or paragraph separator, a bidi control or an invisible mark. */
export function hasUnprintable(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (isUnprintable(text.charCodeAt(at))) return true;
  }
  return false;
}

/** The text with tabs and line breaks as one space each and all else that cannot be shown left out. */
export function printableText(text: string): string {
  if (!hasUnprintable(text)) return text;
  let result = "";
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isUnprintable(code)) continue;
    result += text.slice(from, at);
    if (isBreak(code)) result += " ";
    from = at + 1;
  }
  return result + text.slice(from);
}

function isBreak(code: number): boolean {
  return code === 9 || code === 10 || code === 13 || code === 0x2028 || code === 0x2029;
}

function isUnprintable(code: number): boolean {
  if (code < 0x20) return true;
  if (code < 0x7f) return false;
  if (code <= 0x9f) return true;
  if (code < 0x200b) return code === 0x061c;
  // Joiners (200c, 200d) stay: Persian and emoji are written with them.
  return (
    code === 0x200b ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff ||
    (code >= 0xfff9 && code <= 0xfffb)
  );
}
