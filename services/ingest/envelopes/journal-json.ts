// one line of `journalctl -o json` -> event time, host, and the message as if syslog had written it.

import type { ArrivalTime } from "../arrival-time.ts";
import { HOST_BYTES_MAX, type HostTable, isOfName } from "../host-table.ts";
import type { LineOutcome } from "../rejection.ts";
import type { StreamTime } from "../stream-time.ts";
import type { MessageParser } from "./syslog.ts";

/** Longest message re-read; journald itself cuts at 48 KiB. */
const MESSAGE_BYTES_MAX = 65_536;
const NEWLINE = 10;

export interface JournalDependencies {
  readonly hosts: HostTable;
  readonly streamTime: StreamTime;
  readonly arrival: ArrivalTime;
  readonly parser: MessageParser;
}

export interface JournalReader {
  /** `record`: the parsed line. "not-mine" when it is not a journal record. */
  read(record: Readonly<Record<string, unknown>>): LineOutcome;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** journald writes a message that is not UTF-8 as an array of byte values; as latin1, like the lines of a file. */
function messageText(value: unknown): string | undefined {
  if (typeof value === "string") return Buffer.from(value, "utf8").toString("latin1");
  if (!Array.isArray(value) || !value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255))
    return undefined;
  return Buffer.from(value).toString("latin1");
}

export function createJournalReader(deps: JournalDependencies): JournalReader {
  const stamped = { eventTimeMs: 0 };
  const scratch = Buffer.allocUnsafe(MESSAGE_BYTES_MAX + 1);
  return {
    read(record) {
      if (!Object.hasOwn(record, "__REALTIME_TIMESTAMP")) return "not-mine";
      const micros = Number(textOf(record["__REALTIME_TIMESTAMP"]));
      if (!Number.isSafeInteger(micros) || micros <= 0) return "bad-journal-record";
      const hostName = textOf(record["_HOSTNAME"]);
      stamped.eventTimeMs = Math.floor(micros / 1000);
      deps.arrival.settle(stamped, hostName);
      deps.streamTime.observe(stamped.eventTimeMs);
      const program = textOf(record["SYSLOG_IDENTIFIER"]);
      // Kernel and service messages carry none: sound records, not mail.
      if (program === undefined) return "other";
      const message = messageText(record["MESSAGE"]);
      if (hostName === undefined || hostName === "" || message === undefined) return "bad-journal-record";
      const hostBytes = scratch.write(hostName, 0, HOST_BYTES_MAX, "latin1");
      for (let at = 0; at < hostBytes; at += 1) if (!isOfName(scratch[at] ?? 0)) return "bad-journal-record";
      const host = deps.hosts.intern(scratch, 0, hostBytes);
      if (host === undefined) return "too-many-hosts";
      // A message of several lines holds its newlines: only the first is Postfix's.
      const line = `${program}: ${message}`;
      const newline = line.indexOf("\n");
      const length = scratch.write(newline < 0 ? line : line.slice(0, newline), 0, MESSAGE_BYTES_MAX, "latin1");
      // As in a file, a newline ends the line: never what a longer message left.
      scratch[length] = NEWLINE;
      return deps.parser.parse(host, stamped, scratch, 0, length);
    },
  };
}
