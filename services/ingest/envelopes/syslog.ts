// "[<PRI>]STAMP HOST PROGRAM[PID]: MESSAGE" -> event time, host, start of the program name.
// What files, rsyslog, syslog-ng, maillog_file and `journalctl -o short-iso` write.

import type { Host } from "../combine.ts";
import { HOST_BYTES_MAX, type HostTable, isOfName } from "../host-table.ts";
import type { LineOutcome } from "../rejection.ts";
import type { StampReader } from "../syslog-stamp.ts";

const SPACE = 32;
const COMMA = 44;
const LESS = 60;
const GREATER = 62;
const PRIORITY_BYTES_MAX = 5;

/** When a message was said. An object: a number that is no small integer costs memory each time it is handed on. */
export interface Stamped {
  /** ms since the epoch. */
  readonly eventTimeMs: number;
}

/** What reads the message of a mail server's own grammar. */
export interface MessageParser {
  parse(host: Host, stamped: Stamped, bytes: Buffer, start: number, end: number): LineOutcome;
}

export class SyslogEnvelope {
  private readonly stamps: StampReader;
  private readonly hosts: HostTable;
  private readonly parser: MessageParser;

  constructor(context: { readonly stamps: StampReader; readonly hosts: HostTable }, parser: MessageParser) {
    this.stamps = context.stamps;
    this.hosts = context.hosts;
    this.parser = parser;
  }

  read(bytes: Buffer, start: number, end: number): LineOutcome {
    const { stamps, hosts, parser } = this;
    const stampStart = bytes[start] === LESS ? priorityEnd(bytes, start) : start;
    if (!stamps.read(bytes, stampStart, end)) return looksStamped(bytes, stampStart) ? "bad-stamp" : "not-mine";
    const again = hosts.again(bytes, stamps.next);
    if (again !== undefined) return parser.parse(again, stamps, bytes, stamps.next + again.name.length + 1, end);
    let hostEnd = stamps.next;
    while (hostEnd < end && isOfName(bytes[hostEnd] ?? 0)) hostEnd += 1;
    if (bytes[hostEnd] !== SPACE || hostEnd >= end || hostEnd === stamps.next || hostEnd - stamps.next > HOST_BYTES_MAX)
      return "not-mine";
    const host = hosts.intern(bytes, stamps.next, hostEnd);
    if (host === undefined) return "too-many-hosts";
    return parser.parse(host, stamps, bytes, hostEnd + 1, end);
  }
}

function priorityEnd(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at - start < PRIORITY_BYTES_MAX && (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57) at += 1;
  return bytes[at] === GREATER && at > start + 1 ? at + 1 : start;
}

/** "Xxx dd " or "dddd-": a stamp was meant, but its fields are not a time. Behind "…Z," stands a row of a table, not a log line. */
function looksStamped(bytes: Buffer, start: number): boolean {
  if (bytes[start + 23] === 90 && bytes[start + 24] === COMMA) return false;
  const dash = bytes[start + 4] === 45 && bytes[start + 7] === 45 && bytes[start + 13] === 58;
  return dash || (bytes[start + 3] === SPACE && bytes[start + 6] === SPACE && bytes[start + 9] === 58);
}
