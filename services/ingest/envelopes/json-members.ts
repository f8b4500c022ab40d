// bytes of a JSON object -> where the values of the members stand that are asked for. It is walked as JSON from its first brace to its
// last, so that a name within another string, or within a nested value, is never taken for a member. Nothing is made of it.

import { ascii, spells } from "../bytes.ts";
import { JsonStrings } from "./json-strings.ts";
import { behindSpace, scalarEnd } from "./json-text.ts";

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Objects and arrays within one another; deeper is nobody's log line. */
const DEPTH_MAX = 32;
const MALFORMED = -1;
const TOO_DEEP = -2;
/** Sets of members are bits of an integer. */
const NAMES_MAX = 31;
const BUCKETS = 128;

export type WalkOutcome = "whole" | "malformed" | "too-deep" | "stopped";

/** Reads one object after the other. After `read` its fields hold the result. */
export class JsonMembers {
  /** Members that the object has, one bit a name. Of a name that is there twice the first counts. */
  seen = 0;
  /** Those whose value is a string. */
  strings = 0;
  /** Those whose string has escapes. */
  escaped = 0;
  /** By name: where its value stands, a string without its quotes. Of what was seen. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  private readonly names: readonly Uint8Array[];
  /** Members at which the reading stops. */
  private readonly stops: number;
  /** By length and first byte: the first name of its kind; then by name the next one. -1: none. */
  private readonly first = new Int8Array(BUCKETS).fill(-1);
  private readonly next: Int8Array;
  private readonly texts = new JsonStrings();

  /** `stops`: names that say enough when they are met. */
  constructor(names: readonly string[], stops: readonly string[]) {
    if (names.length > NAMES_MAX) throw new RangeError(`more than ${NAMES_MAX} names of members`);
    this.names = names.map(ascii);
    this.stops = bitsOf(stops, names);
    this.from = new Int32Array(names.length);
    this.to = new Int32Array(names.length);
    this.next = new Int8Array(names.length);
    for (const [name, bytes] of this.names.entries()) {
      const bucket = bucketOf(bytes.length, bytes[0] ?? 0);
      this.next[name] = this.first[bucket] ?? -1;
      this.first[bucket] = name;
    }
  }

  /** Bytes that were read may have changed. */
  forget(): void {
    this.texts.forget();
  }

  /** `start`: its brace. Of a malformed object the members before the fault were seen. */
  read(bytes: Buffer, start: number, end: number): WalkOutcome {
    this.seen = 0;
    this.strings = 0;
    this.escaped = 0;
    let at = behindSpace(bytes, start + 1, end);
    if (at < end && bytes[at] === CLOSE_BRACE) return this.outcome(bytes, at + 1, end);
    for (;;) {
      at = this.member(bytes, at, end);
      if (at < 0) return at === TOO_DEEP ? "too-deep" : "malformed";
      if ((this.seen & this.stops) !== 0) return "stopped";
      if (at >= end || bytes[at] !== COMMA) break;
      at = behindSpace(bytes, at + 1, end);
    }
    return at < end && bytes[at] === CLOSE_BRACE ? this.outcome(bytes, at + 1, end) : "malformed";
  }

  private outcome(bytes: Buffer, behind: number, end: number): WalkOutcome {
    return behindSpace(bytes, behind, end) === end ? "whole" : "malformed";
  }

  /** Position behind a member and the space behind it. */
  private member(bytes: Buffer, at: number, end: number): number {
    const { texts } = this;
    texts.hasEscapes = false;
    const name = at + 1;
    const nameEnd = this.nameEnd(bytes, at, end);
    if (nameEnd < 0) return MALFORMED;
    // Nobody who writes a log escapes a name: one that is, is not known.
    const slot = texts.hasEscapes ? -1 : this.slotOf(bytes, name, nameEnd);
    const from = behindColon(bytes, nameEnd + 1, end);
    if (from < 0) return MALFORMED;
    let to = from;
    if (bytes[from] === QUOTE) {
      texts.hasEscapes = false;
      to = texts.end(bytes, from + 1, end);
      if (to < 0) return MALFORMED;
      if (slot >= 0) this.noteString(slot, from + 1, to);
      to += 1;
    } else {
      to = this.valueEnd(bytes, from, end, 1);
      if (to < 0) return to;
      if (slot >= 0) this.note(slot, from, to);
    }
    return to < end && bytes[to] === COMMA ? to : behindSpace(bytes, to, end);
  }

  /** Position of the quote that ends a name. */
  private nameEnd(bytes: Buffer, quote: number, end: number): number {
    return quote < end && bytes[quote] === QUOTE ? this.texts.end(bytes, quote + 1, end) : MALFORMED;
  }

  private slotOf(bytes: Buffer, from: number, to: number): number {
    const length = to - from;
    let slot = this.first[bucketOf(length, bytes[from] ?? 0)] ?? -1;
    while (slot >= 0) {
      const name = this.names[slot];
      if (name !== undefined && name.length === length && spells(bytes, from, name)) return slot;
      slot = this.next[slot] ?? -1;
    }
    return slot;
  }

  private note(slot: number, from: number, to: number): boolean {
    const bit = 1 << slot;
    if ((this.seen & bit) !== 0) return false;
    this.seen |= bit;
    this.from[slot] = from;
    this.to[slot] = to;
    return true;
  }

  private noteString(slot: number, from: number, to: number): void {
    if (!this.note(slot, from, to)) return;
    this.strings |= 1 << slot;
    if (this.texts.hasEscapes) this.escaped |= 1 << slot;
  }

  private valueEnd(bytes: Buffer, at: number, end: number, depth: number): number {
    if (at >= end) return MALFORMED;
    switch (bytes[at]) {
      case QUOTE: {
        const quote = this.texts.end(bytes, at + 1, end);
        return quote < 0 ? MALFORMED : quote + 1;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return depth === DEPTH_MAX ? TOO_DEEP : this.nestedEnd(bytes, at, end, depth + 1);
      default:
        return scalarEnd(bytes, at, end);
    }
  }

  /** Position behind an object or an array. */
  private nestedEnd(bytes: Buffer, start: number, end: number, depth: number): number {
    const isObject = bytes[start] === OPEN_BRACE;
    const close = isObject ? CLOSE_BRACE : CLOSE_BRACKET;
    let at = behindSpace(bytes, start + 1, end);
    if (at < end && bytes[at] === close) return at + 1;
    for (;;) {
      if (isObject) {
        const nameEnd = this.nameEnd(bytes, at, end);
        at = nameEnd < 0 ? MALFORMED : behindColon(bytes, nameEnd + 1, end);
        if (at < 0) return MALFORMED;
      }
      at = this.valueEnd(bytes, at, end, depth);
      if (at < 0) return at;
      at = behindSpace(bytes, at, end);
      if (at >= end || bytes[at] !== COMMA) break;
      at = behindSpace(bytes, at + 1, end);
    }
    return at < end && bytes[at] === close ? at + 1 : MALFORMED;
  }
}

/** The names among all names, one bit each. */
export function bitsOf(some: readonly string[], names: readonly string[]): number {
  return some.reduce((bits, name) => bits | (1 << names.indexOf(name)), 0);
}

function bucketOf(length: number, firstByte: number): number {
  return (length * 8 + firstByte) & (BUCKETS - 1);
}

/** First byte of the value whose colon stands at `at` or behind space there. */
function behindColon(bytes: Buffer, at: number, end: number): number {
  const colon = at < end && bytes[at] === COLON ? at : behindSpace(bytes, at, end);
  return colon < end && bytes[colon] === COLON ? behindSpace(bytes, colon + 1, end) : MALFORMED;
}
