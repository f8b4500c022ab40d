// JSON text in bytes -> where a number ends, and what a string says. Byte by byte, as RFC 8259 has it; nothing is made of it.

import { ascii, lesser, spells } from "../bytes.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const BACKSLASH = 92;
const LETTER_N = 110;
const LETTER_U = 117;
/** A text shorter than this up to its first escape is copied byte by byte: two calls cost more. */
const LONG_BYTES = 96;
const LITERALS = ["true", "false", "null"].map(ascii);

const HIGH_SURROGATES = 0xd800;
const LOW_SURROGATES = 0xdc00;
const SURROGATES_END = 0xe000;
const REPLACEMENT = 0xfffd;

/** By the byte behind a backslash: what both mean. 0: a newline, a character by its number, or nothing: these are looked at apart. */
const ESCAPES = new Uint8Array(256);
for (const [letter, meaning] of ['""', "\\\\", "//", "b\b", "f\f", "r\r", "t\t"])
  ESCAPES[letter?.charCodeAt(0) ?? 0] = meaning?.charCodeAt(0) ?? 0;

const HEX = new Int8Array(256).fill(-1);
for (const digit of "0123456789abcdefABCDEF") HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

export function behindSpace(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(bytes[at] ?? 0)) at += 1;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === NEWLINE || byte === CARRIAGE_RETURN || byte === 9;
}

/** Position behind a number, or behind true, false or null; -1 when it is none of them. */
export function scalarEnd(bytes: Buffer, start: number, end: number): number {
  for (const literal of LITERALS) {
    if (start + literal.length <= end && spells(bytes, start, literal)) return start + literal.length;
  }
  const minus = bytes[start] === 45 ? 1 : 0;
  const integer = start + minus;
  let at = digitsEnd(bytes, integer, end);
  if (at < 0 || (bytes[integer] === 48 && at > integer + 1)) return -1;
  if (at < end && bytes[at] === 46) at = digitsEnd(bytes, at + 1, end);
  if (at < 0 || at >= end || (bytes[at] !== 69 && bytes[at] !== 101)) return at;
  const sign = bytes[at + 1] === 43 || bytes[at + 1] === 45 ? 1 : 0;
  return digitsEnd(bytes, at + 1 + sign, end);
}

function digitsEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57) at += 1;
  return at > start ? at : -1;
}

/**
 * Writes what the text [from, to) of a string means into `into` from `at` on, and returns the place behind it; -1 when an escape is
 * none. It is never longer than it was. Of a line: newlines at its end are left out, and within it they are spaces as NULs are, so
 * that no text becomes a line of its own.
 */
export function unescapeLine(source: Buffer, from: number, to: number, into: Buffer, at: number): number {
  let index = to - from < LONG_BYTES ? from : lesser(source.indexOf(BACKSLASH, from), to);
  let put = at + index - from;
  if (index > from) source.copy(into, at, from, index);
  let hasRare = false;
  for (; index < to; index += 1) {
    let byte = source[index] ?? 0;
    if (byte === BACKSLASH) {
      index += 1;
      byte = ESCAPES[source[index] ?? 0] ?? 0;
      if (byte === 0) {
        const character = rareCharacter(source, index, to);
        if (character < 0) return -1;
        hasRare = true;
        put = writeUtf8(character, into, put);
        index += rareBytes(character, source[index]);
        continue;
      }
    }
    into[put] = byte;
    put += 1;
  }
  return hasRare ? withoutNewlines(into, at, put) : put;
}

/** Of what stands behind a backslash; negative when it is no escape. A NUL is a space. */
function rareCharacter(bytes: Buffer, at: number, end: number): number {
  if (at >= end) return -1;
  if (bytes[at] === LETTER_N) return NEWLINE;
  const character = bytes[at] === LETTER_U ? characterAt(bytes, at + 1, end) : -1;
  return character === 0 ? SPACE : character;
}

/** Bytes that it takes behind its letter. */
function rareBytes(character: number, letter: number | undefined): number {
  if (letter === LETTER_N) return 0;
  return character > 0xffff ? 10 : 4;
}

/** Of "XXXX" or "XXXX\uXXXX"; negative when a digit is none. Half a pair is no character. */
function characterAt(bytes: Buffer, at: number, end: number): number {
  const unit = codeUnit(bytes, at, end);
  if (unit < HIGH_SURROGATES || unit >= SURROGATES_END) return unit;
  if (unit >= LOW_SURROGATES || bytes[at + 4] !== BACKSLASH || bytes[at + 5] !== LETTER_U) return REPLACEMENT;
  const low = codeUnit(bytes, at + 6, end);
  if (low < LOW_SURROGATES || low >= SURROGATES_END) return REPLACEMENT;
  return 0x10000 + (unit - HIGH_SURROGATES) * 1024 + low - LOW_SURROGATES;
}

/** Of four hexadecimal digits; negative when one is none. */
function codeUnit(bytes: Buffer, at: number, end: number): number {
  if (at + 4 > end) return -1;
  let unit = 0;
  for (let index = at; index < at + 4; index += 1) {
    const digit = HEX[bytes[index] ?? 0] ?? -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

function writeUtf8(character: number, into: Buffer, at: number): number {
  if (character < 0x80) {
    into[at] = character;
    return at + 1;
  }
  const more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  into[at] = ((0xff80 >> more) & 0xff) | (character >> (6 * more));
  for (let left = more - 1; left >= 0; left -= 1) into[at + more - left] = 0x80 | ((character >> (6 * left)) & 0x3f);
  return at + more + 1;
}

function withoutNewlines(bytes: Buffer, start: number, end: number): number {
  let to = end;
  while (to > start && (bytes[to - 1] === NEWLINE || bytes[to - 1] === CARRIAGE_RETURN)) to -= 1;
  for (let at = start; at < to; at += 1) if (bytes[at] === NEWLINE) bytes[at] = SPACE;
  return to;
}
