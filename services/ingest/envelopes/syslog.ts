// "[<PRI>]STAMP [HOST] PROGRAM[PID]: MESSAGE" or "[<PRI>]1 STAMP HOST PROGRAM PID - - MESSAGE" -> event time, host, where the program's name stands.
// What files, rsyslog, syslog-ng, maillog_file and `journalctl -o short-iso` write, and what syslog sends.

import type { Mutable } from "../../../shared/domain/wire-fields.ts";
import type { ArrivalTime } from "../arrival-time.ts";
import type { Host } from "../combine.ts";
import { HOST_BYTES_MAX, type HostTable, isOfName } from "../host-table.ts";
import type { LineOutcome } from "../rejection.ts";
import type { StampReader } from "../syslog-stamp.ts";
import { Header5424 } from "./header-5424.ts";

const SPACE = 32;
const COMMA = 44;
const DIGIT_ONE = 49;
const COLON = 58;
const LESS = 60;
const GREATER = 62;
const PRIORITY_BYTES_MAX = 5;
/** RFC 5424's word for "not known": whose lines name no host, as those that a program writes to /dev/log. */
const NO_HOST = Buffer.from("-");

/** When a message was said. An object: a number that is no small integer costs memory each time it is handed on. */
export interface Stamped {
  /** ms since the epoch. */
  readonly eventTimeMs: number;
}

/** A message whose program is named apart from it. */
export interface NamedMessage {
  readonly host: Host;
  readonly stamped: Stamped;
  readonly bytes: Buffer;
  readonly name: number;
  readonly nameEnd: number;
  /** First byte of the message. */
  readonly start: number;
  readonly end: number;
}

/** What reads the message of a mail server's own grammar. */
export interface MessageParser {
  parse(host: Host, stamped: Stamped, bytes: Buffer, start: number, end: number): LineOutcome;
  parseNamed(message: NamedMessage): LineOutcome;
}

export interface SyslogContext {
  readonly stamps: StampReader;
  readonly hosts: HostTable;
  /** Gives a stamp's line its event time. */
  readonly arrival: ArrivalTime;
}

/** Reads the lines of one input. */
export class SyslogEnvelope {
  private readonly stamps: StampReader;
  private readonly hosts: HostTable;
  private readonly arrival: ArrivalTime;
  private readonly parser: MessageParser;
  private readonly header = new Header5424();
  /** Reused for every line, so that a line costs no object. */
  private readonly named: Mutable<NamedMessage>;

  constructor(context: SyslogContext, parser: MessageParser) {
    this.stamps = context.stamps;
    this.hosts = context.hosts;
    this.arrival = context.arrival;
    this.parser = parser;
    const host = { name: "", hash: 0, index: 0 };
    this.named = { host, stamped: this.stamps, bytes: NO_HOST, name: 0, nameEnd: 0, start: 0, end: 0 };
  }

  read(bytes: Buffer, start: number, end: number): LineOutcome {
    const { stamps, hosts } = this;
    const stampStart = behindPriority(bytes, start);
    if (!stamps.read(bytes, stampStart, end)) return this.unstamped(bytes, stampStart, end);
    const again = hosts.again(bytes, stamps.next);
    if (again === undefined) return this.anotherHost(bytes, end);
    this.arrival.settle(stamps, again.name);
    return this.parser.parse(again, stamps, bytes, stamps.next + again.name.length + 1, end);
  }

  /** Behind the stamp stands another host than on the line before, or none. */
  private anotherHost(bytes: Buffer, end: number): LineOutcome {
    const { stamps, hosts, arrival, parser } = this;
    let hostEnd = stamps.next;
    while (hostEnd < end && isOfName(bytes[hostEnd] ?? 0)) hostEnd += 1;
    if (bytes[hostEnd] !== SPACE || hostEnd >= end || hostEnd === stamps.next || hostEnd - stamps.next > HOST_BYTES_MAX)
      return "not-mine";
    const hasHost = !isTag(bytes, hostEnd);
    const host = hasHost ? hosts.intern(bytes, stamps.next, hostEnd) : hosts.intern(NO_HOST, 0, NO_HOST.length);
    arrival.settle(stamps, host?.name);
    if (host === undefined) return "too-many-hosts";
    return parser.parse(host, stamps, bytes, hasHost ? hostEnd + 1 : stamps.next, end);
  }

  /** A line that begins with no stamp: a version may stand before it. */
  private unstamped(bytes: Buffer, start: number, end: number): LineOutcome {
    const isVersioned = bytes[start] === DIGIT_ONE && bytes[start + 1] === SPACE;
    if (isVersioned) return this.versioned(bytes, start + 2, end);
    return looksStamped(bytes, start) ? "bad-stamp" : "not-mine";
  }

  private versioned(bytes: Buffer, stampStart: number, end: number): LineOutcome {
    const { stamps, hosts, arrival, parser, header, named } = this;
    if (!isDigit(bytes[stampStart]) || !stamps.read(bytes, stampStart, end))
      return looksStamped(bytes, stampStart) || bytes[stampStart] === NO_HOST[0] ? "bad-stamp" : "not-mine";
    if (!header.read(bytes, stamps.next, end) || header.hostEnd - stamps.next > HOST_BYTES_MAX) return "not-mine";
    const host = hosts.again(bytes, stamps.next) ?? hosts.intern(bytes, stamps.next, header.hostEnd);
    arrival.settle(stamps, host?.name);
    if (host === undefined) return "too-many-hosts";
    // The engine notes every pointer that is stored: those that stay the same are not.
    if (named.host !== host) named.host = host;
    if (named.bytes !== bytes) named.bytes = bytes;
    named.name = header.name;
    named.nameEnd = header.nameEnd;
    named.start = header.message;
    named.end = end;
    return parser.parseNamed(named);
  }
}

/** Behind "<22>", or `start` where no priority stands. */
export function behindPriority(bytes: Buffer, start: number): number {
  if (bytes[start] !== LESS) return start;
  let at = start + 1;
  while (at - start < PRIORITY_BYTES_MAX && isDigit(bytes[at])) at += 1;
  return bytes[at] === GREATER && at > start + 1 ? at + 1 : start;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** "PROGRAM[PID]:" where the host should stand. An address of IPv6 may end with two colons, never with one. */
function isTag(bytes: Buffer, end: number): boolean {
  return bytes[end - 1] === COLON && bytes[end - 2] !== COLON;
}

/** "Xxx dd " or "dddd-": a stamp was meant, but its fields are not a time. Behind "…Z," stands a row of a table, not a log line. */
function looksStamped(bytes: Buffer, start: number): boolean {
  if (bytes[start + 23] === 90 && bytes[start + 24] === COMMA) return false;
  const dash = bytes[start + 4] === 45 && bytes[start + 7] === 45 && bytes[start + 13] === 58;
  return dash || (bytes[start + 3] === SPACE && bytes[start + 6] === SPACE && bytes[start + 9] === 58);
}
