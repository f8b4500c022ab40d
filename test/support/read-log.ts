// A log as text -> what ingest, or ingest and assembler, make of it: the first stages of a replay, without files.

import type { AssemblerCounters } from "../../services/assembler/assembler-settings.ts";
import { defaultAssemblerSettings, eventSink } from "../../services/assembler/assembler-settings.ts";
import { Assembler } from "../../services/assembler/assembler.ts";
import { type ClosedSlice, FragmentTable } from "../../services/ingest/combine.ts";
import type { FormatName } from "../../services/ingest/formats.ts";
import { HostTable } from "../../services/ingest/host-table.ts";
import type { IngestCounters } from "../../services/ingest/ingest.ts";
import { Ingest } from "../../services/ingest/ingest.ts";
import type { RejectionReason } from "../../services/ingest/rejection.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
import { fragmentsOf } from "./slab-of.ts";
import type { MailEvent } from "../../shared/domain/mail-event.ts";
import type { MailFragment } from "../../shared/domain/mail-fragment.ts";

export interface ReadLogOptions {
  readonly format?: FormatName | "auto";
  readonly year?: number;
  readonly timeZone?: string;
  readonly lineBytesMax?: number;
  readonly hostsMax?: number;
  readonly listServers?: readonly string[];
  /** Bytes of a chunk; all at once by default. */
  readonly chunkBytes?: number;
  /** What comes behind the log, as records of a partition. */
  readonly records?: readonly string[];
  /** Where the log goes on in another file of the same input. */
  readonly fileBytes?: readonly number[];
}

export interface Rejected {
  readonly reason: RejectionReason;
  readonly line: number;
  readonly text: string;
}

export interface IngestedLog {
  readonly fragments: readonly MailFragment[];
  readonly events: readonly MailEvent[];
  readonly counters: IngestCounters;
  readonly rejected: readonly Rejected[];
}

export function ingestLog(log: string | Buffer, options: ReadLogOptions = {}): IngestedLog {
  const fragments: MailFragment[] = [];
  const events: MailEvent[] = [];
  const read = readLog(log, options, new FragmentTable(), (slice, hostNames) => {
    fragments.push(...fragmentsOf(slice.slab, { site: "test", hostNames }));
    events.push(...slice.events);
  });
  return { fragments, events, ...read };
}

function readLog(
  log: string | Buffer,
  options: ReadLogOptions,
  table: FragmentTable,
  visit: (slice: ClosedSlice, hostNames: readonly string[]) => void,
): Pick<IngestedLog, "counters" | "rejected"> {
  const bytes = typeof log === "string" ? Buffer.from(log) : log;
  const rejected: Rejected[] = [];
  const ingest = new Ingest({
    site: "test",
    format: options.format ?? "auto",
    lineBytesMax: options.lineBytesMax ?? 65_536,
    year: options.year ?? 2026,
    toUtc: zoneToUtc(options.timeZone ?? "UTC"),
    allowedLatenessMs: 30_000,
    hashSeed: 17,
    listServers: new Set(options.listServers),
    table,
    hosts: new HostTable({ hostsMax: options.hostsMax ?? 100, hashSeed: 17 }),
    onEvent: (event) => {
      table.addEvent(event);
    },
    onRejected: (reason, line, number) => {
      rejected.push({ reason, line: number, text: line.toString("latin1") });
    },
  });
  const step = options.chunkBytes ?? Math.max(bytes.length, 1);
  let begun = 0;
  for (const end of [...(options.fileBytes ?? []), bytes.length]) {
    if (begun > 0) ingest.begin();
    for (let at = begun; at < end; at += step) ingest.feed(bytes.subarray(at, Math.min(at + step, end)));
    begun = end;
  }
  for (const record of options.records ?? []) ingest.feedRecord(Buffer.from(record), Number.NaN);
  ingest.end();
  table.drain(Number.POSITIVE_INFINITY, (slice) => {
    visit(slice, table.hostNames);
  });
  return { counters: ingest.counters, rejected };
}

export interface AssembledLog {
  readonly events: readonly MailEvent[];
  readonly ingested: Pick<IngestedLog, "counters" | "rejected">;
  readonly counters: AssemblerCounters;
}

/** In order of event time, as a replay does it; every revision is there. */
export function assembleLog(log: string | Buffer, options: ReadLogOptions = {}): AssembledLog {
  const table = new FragmentTable();
  const people = { name: (address: string) => address, allowSubject: true };
  const assembler = new Assembler(defaultAssemblerSettings, { site: "test", hostNames: table.hostNames, people });
  const events: MailEvent[] = [];
  const sink = eventSink((event) => {
    events.push(event);
  });
  const ingested = readLog(log, options, table, (slice) => {
    assembler.applySlice(slice, sink);
  });
  assembler.finish(sink);
  return { events, ingested, counters: assembler.counters };
}

/** Of each mail what was said last, in order of first mention. */
export function lastWords(events: readonly MailEvent[]): MailEvent[] {
  return [...new Map(events.map((event) => [event.eventId, event])).values()];
}
