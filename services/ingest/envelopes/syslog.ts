// "[<PRI>]STAMP HOST PROGRAM[PID]: MESSAGE" -> event time, host, start of the program name.
// What files, rsyslog, syslog-ng, maillog_file and `journalctl -o short-iso` write.

import type { Host } from "../combine.ts";
import { type HostTable, isOfName } from "../host-table.ts";
import type { LineOutcome } from "../rejection.ts";
import type { StampReader } from "../syslog-stamp.ts";

const SPACE = 32;
const COMMA = 44;
const LESS = 60;
const GREATER = 62;
const PRIORITY_BYTES_MAX = 5;
const HOST_BYTES_MAX = 255;

/** What reads the message of a mail server's own grammar. */
export interface MessageParser {
  parse(host: Host, eventTimeMs: number, bytes: Buffer, start: number, end: number): LineOutcome;
}

export interface SyslogDependencies {
  readonly stamps: StampReader;
  readonly hosts: HostTable;
  readonly parser: MessageParser;
}

export function parseSyslogLine(deps: SyslogDependencies, bytes: Buffer, start: number, end: number): LineOutcome {
  const { stamps, hosts } = deps;
  const stampStart = bytes[start] === LESS ? priorityEnd(bytes, start) : start;
  if (!stamps.read(bytes, stampStart, end)) return looksStamped(bytes, stampStart) ? "bad-stamp" : "not-mine";
  const again = hosts.again(bytes, stamps.next);
  if (again !== undefined)
    return deps.parser.parse(again, stamps.eventTimeMs, bytes, stamps.next + again.name.length + 1, end);
  let hostEnd = stamps.next;
  while (hostEnd < end && isOfName(bytes[hostEnd] ?? 0)) hostEnd += 1;
  if (bytes[hostEnd] !== SPACE || hostEnd >= end || hostEnd === stamps.next || hostEnd - stamps.next > HOST_BYTES_MAX)
    return "not-mine";
  const host = hosts.intern(bytes, stamps.next, hostEnd);
  if (host === undefined) return "too-many-hosts";
  return deps.parser.parse(host, stamps.eventTimeMs, bytes, hostEnd + 1, end);
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
