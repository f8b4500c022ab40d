// one JSON object as a shipper writes it -> the log line in it, read by whoever reads lines.
//
// A line that is whole and without escapes is read where it stands. Otherwise it is written into a buffer used again and again; where the
// parts of its header are members of their own, behind a header as a file would have it: "STAMP HOST TAG MESSAGE". No member can reach
// into another's place: stamp, host and tag are held to their shapes.

import { isAscii, isUtf8 } from "node:buffer";
import { ascii, spells } from "../bytes.ts";
import { HOST_BYTES_MAX, isOfName } from "../host-table.ts";
import type { LineOutcome } from "../rejection.ts";
import { JsonMembers } from "./json-members.ts";
import { JOURNAL_STAMP, MEMBER_NAMES, type Shape, SHAPES } from "./json-shapes.ts";
import { unescapeLine } from "./json-text.ts";
import { isDigit } from "./nested-header.ts";

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const DASH = 45;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const UNDERSCORE = 95;

/** What squall's own MailEvents begin with: no shipper's object. */
const MAIL_EVENT = ascii('{"v":');

/** "Nov 14 08:29:00" */
const CIVIL_STAMP_BYTES = 15;
const STAMP_BYTES_MAX = 40;
/** Behind the day of "2026-11-24 08:29:00Z" a space may stand, and none behind it. */
const DAY_BYTES = 11;
/** Room for what stands between the parts of a header. */
const JOINTS_BYTES = 16;
const FIRST_ROOM_BYTES = 4096;
/** Shorter pieces are copied byte by byte: a call costs more. */
const SHORT_BYTES = 48;

/** Who reads the lines. */
export interface LineReader {
  readLine(bytes: Buffer, start: number, end: number): LineOutcome;
}

export class ShippedLines {
  private readonly reader: LineReader;
  private readonly members = new JsonMembers(MEMBER_NAMES, [JOURNAL_STAMP]);
  /** Grows with the lines that come: what is written of one is hardly longer than it is. */
  private room = Buffer.allocUnsafe(FIRST_ROOM_BYTES);
  /** What is read next may have bytes that are no ASCII; so may what is left of it. */
  private mayBeHigh = false;
  private leftHigh = false;

  constructor(reader: LineReader) {
    this.reader = reader;
  }

  /** Tells which bytes are read next. A line may have begun in those before. */
  arrive(chunk: Buffer): void {
    this.members.forget();
    const isHigh = !isAscii(chunk);
    this.mayBeHigh = isHigh || this.leftHigh;
    this.leftHigh = isHigh || (this.leftHigh && !chunk.includes(NEWLINE));
  }

  /** `start`: a brace. "not-mine": no shipper's object, another format may know it. */
  read(bytes: Buffer, start: number, end: number): LineOutcome {
    if (spells(bytes, start, MAIL_EVENT)) return "not-mine";
    const { members } = this;
    const outcome = members.read(bytes, start, end);
    if (outcome === "stopped" || outcome === "too-deep") return "not-mine";
    if (this.mayBeHigh && !isUtf8(bytes.subarray(start, end))) return "invalid-utf8";
    if (outcome === "malformed") return "bad-json";
    const shape = this.shape();
    if (shape === undefined) return "not-mine";
    if (!this.isString(shape.line)) return "bad-envelope";
    if (this.room.length < end - start + JOINTS_BYTES) this.makeRoom(end - start + JOINTS_BYTES);
    const read = this.isTagged(shape) ? this.joined(shape, bytes) : this.whole(shape, bytes);
    // It was a shipper's: no other format is asked.
    return read === "not-mine" ? "not-recognised" : read;
  }

  private shape(): Shape | undefined {
    const { seen } = this.members;
    for (const shape of SHAPES) if ((seen & shape.knownBy) === shape.knownBy) return shape;
    return undefined;
  }

  private makeRoom(bytes: number): void {
    this.room = Buffer.allocUnsafe(Math.max(bytes, this.room.length * 2));
  }

  private isString(member: number): boolean {
    return member >= 0 && (this.members.strings & (1 << member)) !== 0;
  }

  private isTagged({ tag }: Shape): boolean {
    return this.isString(tag) && this.members.from[tag] !== this.members.to[tag];
  }

  private whole({ line }: Shape, bytes: Buffer): LineOutcome {
    const { members, reader } = this;
    if ((members.escaped & (1 << line)) !== 0) return this.readWritten(this.write(line, bytes, 0));
    const end = members.to[line] ?? 0;
    // As in a file, a newline ends the line while it is read: never what stands behind its quote.
    bytes[end] = NEWLINE;
    const outcome = reader.readLine(bytes, members.from[line] ?? 0, end);
    bytes[end] = QUOTE;
    return outcome;
  }

  /** Puts the header before the message, with one space between tag and message where none stands. */
  private joined(shape: Shape, bytes: Buffer): LineOutcome {
    const { room } = this;
    let at = this.writeStamp(shape, bytes);
    if (at < 0) return "bad-stamp";
    at = this.writeHost(shape, bytes, at);
    if (at < 0) return "bad-envelope";
    at = this.writeTag(shape, bytes, at);
    if (at >= 0 && bytes[this.members.from[shape.line] ?? 0] !== SPACE) {
      room[at] = SPACE;
      at += 1;
    }
    return this.readWritten(at < 0 ? at : this.write(shape.line, bytes, at));
  }

  private readWritten(end: number): LineOutcome {
    if (end < 0) return "bad-json";
    this.room[end] = NEWLINE;
    return this.reader.readLine(this.room, 0, end);
  }

  /** Each of these returns the place behind what it wrote and a space, or -1. */
  private writeStamp({ stamp }: Shape, bytes: Buffer): number {
    const { room } = this;
    const end = this.write(this.firstString(stamp), bytes, 0);
    if (end <= 0) return -1;
    const isShaped = isDigit(room[0])
      ? end <= STAMP_BYTES_MAX && isName(room, DAY_BYTES, end)
      : end === CIVIL_STAMP_BYTES;
    room[end] = SPACE;
    return isShaped ? end + 1 : -1;
  }

  private writeHost({ host }: Shape, bytes: Buffer, at: number): number {
    const { room } = this;
    let end = this.write(this.firstString(host), bytes, at);
    if (end === at) {
      room[at] = DASH;
      end += 1;
    }
    if (end - at > HOST_BYTES_MAX || !isName(room, at, end)) return -1;
    room[end] = SPACE;
    return end + 1;
  }

  /** One word, whatever it says, and no space behind it; "[PID]:" is put behind a program's name. */
  private writeTag({ tag, processId }: Shape, bytes: Buffer, at: number): number {
    const { room, members } = this;
    let end = this.write(tag, bytes, at);
    for (let index = at; index < end; index += 1) if (!isOfName(room[index] ?? 0)) room[index] = UNDERSCORE;
    if (processId < 0 || end < 0) return end;
    const from = members.from[processId] ?? 0;
    const digits = this.processIdDigits(processId, bytes);
    if (digits > 0) {
      room[end] = OPEN_BRACKET;
      for (let index = 0; index < digits; index += 1) room[end + 1 + index] = bytes[from + index] ?? 0;
      room[end + 1 + digits] = CLOSE_BRACKET;
      end += digits + 2;
    }
    room[end] = COLON;
    return end + 1;
  }

  /** Of a number or a string of digits; 0 when it is none. */
  private processIdDigits(member: number, bytes: Buffer): number {
    const { seen, from, to } = this.members;
    if ((seen & (1 << member)) === 0) return 0;
    const start = from[member] ?? 0;
    const end = to[member] ?? 0;
    for (let at = start; at < end; at += 1) if (!isDigit(bytes[at])) return 0;
    return end - start;
  }

  private firstString(some: readonly number[]): number {
    for (const member of some) if (this.isString(member)) return member;
    return -1;
  }

  /** A member's text, nothing of one that is not there; -1 when it has an escape that is none. */
  private write(member: number, bytes: Buffer, at: number): number {
    if (member < 0) return at;
    const { members, room } = this;
    const from = members.from[member] ?? 0;
    const to = members.to[member] ?? 0;
    if ((members.escaped & (1 << member)) !== 0) return unescapeLine(bytes, from, to, room, at);
    const length = to - from;
    if (length > SHORT_BYTES) bytes.copy(room, at, from, to);
    else for (let index = 0; index < length; index += 1) room[at + index] = bytes[from + index] ?? 0;
    return at + length;
  }
}

function isName(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!isOfName(bytes[at] ?? 0)) return false;
  return true;
}
