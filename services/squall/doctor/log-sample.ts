// The last lines of a log -> what squall makes of them: format, share of lines, newest stamp, mails with header lines.

import { randomInt } from "node:crypto";
import type { LogEnds } from "../../../shared/adapters/files/log-ends.ts";
import { Assembler } from "../../assembler/assembler.ts";
import { defaultAssemblerSettings, eventSink } from "../../assembler/assembler-settings.ts";
import { FragmentTable } from "../../ingest/combine.ts";
import type { FormatName } from "../../ingest/formats.ts";
import { FORMAT_NAMES } from "../../ingest/formats.ts";
import { HostTable } from "../../ingest/host-table.ts";
import type { IngestCounters } from "../../ingest/ingest.ts";
import { Ingest } from "../../ingest/ingest.ts";
import { yearsOfFirstStamps } from "../../ingest/stamp-years.ts";
import { zoneToUtc } from "../../ingest/time-zone.ts";
import { firstMonthDay } from "../replay/first-stamp.ts";
import type { SquallConfig } from "../squall-defaults.ts";

export interface LogSample {
  readonly counters: IngestCounters;
  /** What most of the lines are; undefined when no line was recognised. */
  readonly format: FormatName | undefined;
  /** Event time of the newest line, ms; undefined when none has a stamp. */
  readonly newestMs: number | undefined;
  /** Stamps name no year and no zone. */
  readonly isWithoutZone: boolean;
  /** Mails that the lines tell of, and how many of them with header lines in the log. */
  readonly mails: number;
  readonly mailsWithHeaders: number;
}

export interface SampleOptions {
  readonly format: FormatName | "auto";
  readonly timezone: string;
  readonly config: Pick<SquallConfig, "site" | "ingest" | "detector">;
  readonly nowMs: number;
}

const NEWLINE = 10;
const NUMBER_SIGN = 35;
/** What some Windows programs put in front of a file. */
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

export function sampleOf(ends: Pick<LogEnds, "head" | "tail">, options: SampleOptions): LogSample {
  const bytes = Buffer.concat([comments(ends.head), ends.tail]);
  const { ingest, table } = read(bytes, options.format, options);
  const monthDay = firstMonthDay(ends.tail);
  const newest = ingest.streamTime.latest;
  return {
    counters: ingest.counters,
    format: ingest.counters.used === 0 ? undefined : mainFormat(bytes, options),
    newestMs: Number.isFinite(newest) ? newest : undefined,
    isWithoutZone: monthDay !== undefined,
    ...mailsIn(table, options),
  };
}

/** Lines at the top of a file that say what its columns are: Exchange's. */
function comments(head: Buffer): Buffer {
  const start = head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  let end = start;
  while (head[end] === NUMBER_SIGN) {
    const newline = head.indexOf(NEWLINE, end);
    if (newline < 0) break;
    end = newline + 1;
  }
  return head.subarray(start, end);
}

function read(bytes: Buffer, format: FormatName | "auto", { config, timezone, nowMs }: SampleOptions) {
  const { site, ingest: settings, detector } = config;
  const monthDay = firstMonthDay(bytes);
  const [year = new Date(nowMs).getUTCFullYear()] = yearsOfFirstStamps(monthDay === undefined ? [] : [monthDay], nowMs);
  const hashSeed = randomInt(2 ** 31);
  const table = new FragmentTable();
  const ingest = new Ingest({
    site,
    format,
    lineBytesMax: settings.lineBytesMax,
    year,
    toUtc: zoneToUtc(timezone),
    allowedLatenessMs: detector.allowedLatenessMs,
    hashSeed,
    listServers: new Set(settings.listServers),
    table,
    hosts: new HostTable({ hostsMax: settings.hostsMax, hashSeed }),
    onEvent: (event) => table.addEvent(event),
    onRejected: () => undefined,
  });
  ingest.feed(bytes);
  ingest.end();
  return { ingest, table };
}

/** The format that makes something of the most lines when it is the only one. */
function mainFormat(bytes: Buffer, options: SampleOptions): FormatName | undefined {
  const used = FORMAT_NAMES.map((format) => ({ format, count: read(bytes, format, options).ingest.counters.used }));
  const [most] = used.toSorted((a, b) => b.count - a.count);
  return most === undefined || most.count === 0 ? undefined : most.format;
}

function mailsIn(table: FragmentTable, { config }: SampleOptions): Pick<LogSample, "mails" | "mailsWithHeaders"> {
  const people = { name: (address: string): string => address, allowSubject: false };
  const assembler = new Assembler(defaultAssemblerSettings, { site: config.site, people, hostNames: table.hostNames });
  /** By event id: a later word on a mail replaces the earlier. */
  const mails = new Map<string, boolean>();
  const sink = eventSink(({ eventId, headersLogged }) => void mails.set(eventId, headersLogged));
  table.drain(Number.POSITIVE_INFINITY, (slice) => void assembler.applySlice(slice, sink));
  assembler.finish(sink);
  return { mails: mails.size, mailsWithHeaders: [...mails.values()].filter(Boolean).length };
}
