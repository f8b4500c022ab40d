// header value as a log keeps it (cut, folds shown as "?", bytes as latin1) -> text.
// RFC 2047 words in the value are decoded; one that the cut left unfinished is decoded as far as it goes.

const WORD = /=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z-]{1,20})?\?([BbQq])\?([^?\s]*)(\?=|$)/g;
/** White space between two encoded words is not part of the text; "?" is what the mail server made of a fold. */
const BETWEEN_WORDS = /\?=[?\s]{1,8}(?==\?)/g;

function bytesOfQ(text: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "=" && /^[0-9A-Fa-f]{2}$/.test(text.slice(at + 1, at + 3))) {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(char === "_" ? 32 : char.charCodeAt(0) & 0xff);
    }
  }
  return Buffer.from(bytes);
}

function decodeBytes(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes).replace(/\uFFFD+$/u, "");
  } catch {
    return bytes.toString("latin1");
  }
}

/** Bytes read as latin1 are UTF-8 more often than not; what is not stays as it is. */
function textOfBytes(value: string): string {
  if (!/[\u0080-\u00ff]/u.test(value)) return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

/** Decodes a header value as logged. Linear in its length; never throws. */
export function decodeHeaderValue(value: string): string {
  if (!value.includes("=?")) return textOfBytes(value);
  return textOfBytes(value.replace(BETWEEN_WORDS, "?=")).replace(
    WORD,
    (_word, charset: string, encoding: string, text: string) =>
      decodeBytes(encoding.toUpperCase() === "B" ? Buffer.from(text, "base64") : bytesOfQ(text), charset),
  );
}
