// header value as a log keeps it (cut, folds shown as "?", bytes as latin1) -> text.
// RFC 2047 words in the value are decoded; one that the cut left unfinished is decoded as far as it goes.

import { textOfBytes } from "./log-text.ts";

/** "=?charset?B or Q?text?=", or the end of the value where the cut took the rest. */
const WORD = /=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z-]{1,20})?\?([BbQq])\?([^?\s]*)(\?=|\??$)/g;
/** What may stand between two words of one text and is no part of it; "?" is what the mail server made of a fold. */
const BETWEEN_WORDS = /^[?\s]{0,8}$/;
/** An escaped byte that the cut left without its digits. */
const CUT_ESCAPE = /=[0-9A-Fa-f]?$/;

/** A word that the cut left without its text. */
const CUT_WORD = /[?\s]{0,8}=\?[A-Za-z0-9_.:*-]{0,60}(?:\?[BbQq]?\??)?$/;

/** The same where the cut left one sign of the next word. */
const CUT_OPENING = /^[?\s]{0,8}=$/;

/** Words of one charset that stand side by side: a character may begin in one and end in the next. */
interface Run {
  readonly charset: string;
  readonly bytes: Buffer[];
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function bytesOfQ(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const high = code === 61 ? hexDigit(text.charCodeAt(at + 1)) : -1;
    const low = high < 0 ? -1 : hexDigit(text.charCodeAt(at + 2));
    if (low >= 0) {
      bytes[length] = high * 16 + low;
      at += 2;
    } else {
      bytes[length] = code === 95 ? 32 : code & 0xff;
    }
    length += 1;
  }
  return bytes.subarray(0, length);
}

function decodeRun({ charset, bytes }: Run): string {
  const all = Buffer.concat(bytes);
  try {
    // As a stream: a character that the cut left unfinished is left out.
    return new TextDecoder(charset).decode(all, { stream: true });
  } catch {
    return all.toString("latin1");
  }
}

/** Decodes a header value as logged. Linear in its length; never throws. */
export function decodeHeaderValue(value: string): string {
  if (!value.includes("=?")) return textOfBytes(value);
  const parts: string[] = [];
  let run: Run | undefined;
  let from = 0;
  for (const match of value.matchAll(WORD)) {
    const [word, name = "", encoding, text = "", close] = match;
    const gap = value.slice(from, match.index);
    const isB = encoding === "B" || encoding === "b";
    const bytes = isB ? Buffer.from(text, "base64") : bytesOfQ(close === "?=" ? text : text.replace(CUT_ESCAPE, ""));
    const charset = name.toLowerCase();
    if (run?.charset === charset && BETWEEN_WORDS.test(gap)) {
      run.bytes.push(bytes);
    } else {
      if (run !== undefined) parts.push(decodeRun(run));
      if (run === undefined || !BETWEEN_WORDS.test(gap)) parts.push(textOfBytes(gap));
      run = { charset, bytes: [bytes] };
    }
    from = match.index + word.length;
  }
  if (run !== undefined) parts.push(decodeRun(run));
  const rest = value.slice(from).replace(CUT_WORD, "");
  if (run === undefined || !CUT_OPENING.test(rest)) parts.push(textOfBytes(rest));
  return parts.join("");
}
