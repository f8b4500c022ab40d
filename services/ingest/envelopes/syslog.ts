// "[<PRI>]STAMP [HOST] PROGRAM[PID]: MESSAGE" or "[<PRI>]1 STAMP HOST PROGRAM PID - - MESSAGE" -> event time, host, where the program's name stands.
// What files, rsyslog, syslog-ng, maillog_file and `journalctl -o short-iso` write, and what syslog sends.
// A shipper that reads files may have put a header of its own before it ("STAMP SHIPPER TAG: STAMP HOST PROGRAM[PID]: MESSAGE"): then
// the inner one counts. It is looked for right behind the outer one only, never within a message.

import type { Mutable } from "../../../shared/domain/wire-fields.ts";
import type { ArrivalTime } from "../arrival-time.ts";
import type { Host } from "../combine.ts";
import { HOST_BYTES_MAX, type HostTable, isOfName } from "../host-table.ts";
import type { LineOutcome } from "../rejection.ts";
import type { StampReader } from "../syslog-stamp.ts";
import { Header5424 } from "./header-5424.ts";
import { behindPriority, isDigit, isStamped, isTagged, looksStamped, nestedHeader } from "./nested-header.ts";

const SPACE = 32;
const DIGIT_ONE = 49;
const COLON = 58;
/** Headers before a line's own. */
const OUTER_HEADERS_MAX = 4;
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
  /** Outer headers of the line at hand. */
  private outerHeaders = 0;

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
    const tag = stamps.next + again.name.length + 1;
    const outcome = this.parser.parse(again, stamps, bytes, tag, end);
    if (outcome !== "other") return outcome;
    const peeled = this.inner(bytes, nestedHeader(bytes, tag, end), end);
    return peeled === "not-mine" ? this.ofNoInterest(bytes, tag, end) : peeled;
  }

  /** Behind the stamp stands another host than on the line before, or none. */
  private anotherHost(bytes: Buffer, end: number): LineOutcome {
    const { stamps, hosts, arrival, parser } = this;
    const nameStart = stamps.next;
    let hostEnd = nameStart;
    while (hostEnd < end && isOfName(bytes[hostEnd] ?? 0)) hostEnd += 1;
    if (bytes[hostEnd] !== SPACE || hostEnd >= end || hostEnd === nameStart || hostEnd - nameStart > HOST_BYTES_MAX)
      return "not-mine";
    const hasHost = !isTag(bytes, hostEnd);
    const tag = hasHost ? hostEnd + 1 : nameStart;
    // First: a shipper takes no place among the hosts, nor that of the host of the line before.
    const peeled = this.inner(bytes, nestedHeader(bytes, tag, end), end);
    if (peeled !== "not-mine") return peeled;
    const host = hasHost ? hosts.intern(bytes, nameStart, hostEnd) : hosts.intern(NO_HOST, 0, NO_HOST.length);
    arrival.settle(stamps, host?.name);
    if (host === undefined) return "too-many-hosts";
    const outcome = parser.parse(host, stamps, bytes, tag, end);
    return outcome === "other" ? this.ofNoInterest(bytes, tag, end) : outcome;
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
    const name = stamps.next;
    const { hostEnd, message } = header;
    if (!header.hasProcessId && isStamped(bytes, message)) {
      const peeled = this.inner(bytes, message, end);
      if (peeled !== "not-mine") return peeled;
      header.read(bytes, name, end);
    }
    const host = hosts.again(bytes, name) ?? hosts.intern(bytes, name, hostEnd);
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

  /** The line from an inner header on. "not-mine" when none stands at `header` (-1: nowhere); the outer one's time stands then. */
  private inner(bytes: Buffer, header: number, end: number): LineOutcome {
    if (header < 0 || this.outerHeaders === OUTER_HEADERS_MAX) return "not-mine";
    const outerTimeMs = this.stamps.eventTimeMs;
    this.outerHeaders += 1;
    const outcome = this.read(bytes, header, end);
    this.outerHeaders -= 1;
    if (outcome !== "not-mine" && outcome !== "bad-stamp") return outcome;
    this.stamps.eventTimeMs = outerTimeMs;
    return "not-mine";
  }

  /** What looks like an inner header without a tag may be the words of the program that the outer one names. */
  private ofNoInterest(bytes: Buffer, tag: number, end: number): LineOutcome {
    return this.outerHeaders === 0 || isTagged(bytes, tag, end) ? "other" : "not-mine";
  }
}

/** "PROGRAM[PID]:" where the host should stand. An address of IPv6 may end with two colons, never with one. */
function isTag(bytes: Buffer, end: number): boolean {
  return bytes[end - 1] === COLON && bytes[end - 2] !== COLON;
}
