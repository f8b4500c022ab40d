// A log as text -> what ingest, or ingest and assembler, make of it: the first stages of a replay, without files.

import type { AssemblerCounters } from "../../services/assembler/assembler.ts";
import { Assembler, defaultAssemblerSettings } from "../../services/assembler/assembler.ts";
import type { SliceOfMail } from "../../services/assembler/assembler.ts";
import { FragmentTable } from "../../services/ingest/combine.ts";
import type { FormatName } from "../../services/ingest/formats.ts";
import { HostTable } from "../../services/ingest/host-table.ts";
import type { IngestCounters } from "../../services/ingest/ingest.ts";
import { Ingest } from "../../services/ingest/ingest.ts";
import type { RejectionReason } from "../../services/ingest/rejection.ts";
import { zoneToUtc } from "../../services/ingest/time-zone.ts";
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
}

export interface Rejected {
  readonly reason: RejectionReason;
  readonly line: number;
  readonly text: string;
}

export interface IngestedLog {
  readonly slices: readonly SliceOfMail[];
  readonly fragments: readonly MailFragment[];
  readonly events: readonly MailEvent[];
  readonly counters: IngestCounters;
  readonly rejected: readonly Rejected[];
}

export function ingestLog(log: string | Buffer, options: ReadLogOptions = {}): IngestedLog {
  const bytes = typeof log === "string" ? Buffer.from(log) : log;
  const table = new FragmentTable("test");
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
  for (let at = 0; at < bytes.length; at += step) ingest.feed(bytes.subarray(at, at + step));
  ingest.end();
  const slices: SliceOfMail[] = [];
  table.drain(Number.POSITIVE_INFINITY, (slice) => {
    const { startMs, endMs, events } = slice;
    slices.push({ startMs, endMs, fragments: table.fragmentsOf(slice), events });
  });
  return {
    slices,
    fragments: slices.flatMap(({ fragments }) => fragments),
    events: slices.flatMap(({ events }) => events),
    counters: ingest.counters,
    rejected,
  };
}

export interface AssembledLog {
  readonly events: readonly MailEvent[];
  readonly ingested: IngestedLog;
  readonly counters: AssemblerCounters;
}

/** In order of event time, as a replay does it; every revision is there. */
export function assembleLog(log: string | Buffer, options: ReadLogOptions = {}): AssembledLog {
  const ingested = ingestLog(log, options);
  const assembler = new Assembler(defaultAssemblerSettings, { name: (address) => address, allowSubject: true });
  const events: MailEvent[] = [];
  const sink = (event: MailEvent): void => {
    events.push(event);
  };
  for (const slice of ingested.slices) assembler.applySlice(slice, sink);
  assembler.finish(sink);
  return { events, ingested, counters: assembler.counters };
}

/** Of each mail what was said last, in order of first mention. */
export function lastWords(events: readonly MailEvent[]): MailEvent[] {
  return [...new Map(events.map((event) => [event.eventId, event])).values()];
}
