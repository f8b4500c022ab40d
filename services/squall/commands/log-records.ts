// Lines of Postfix's log -> records for the raw topic: a line each, or several that follow one another and are of one host. The host is the key.

import { partitionFor } from "../../../shared/domain/partition-for.ts";
import type { NewRecord } from "../../../shared/runtime/topic-log.ts";
import type { StampStyle } from "../simulate/set-up.ts";

/** The host stands behind the stamp and its space. */
const STAMP_BYTES: Readonly<Record<StampStyle, number>> = { rfc3339: 33, rfc3164: 16 };
const NEWLINE = 10;
const SPACE = 32;

interface Host {
  readonly name: string;
  readonly bytes: Buffer;
  readonly partition: number;
}

export interface LogRecordsOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly linesPerRecord: number;
  readonly stamp: StampStyle;
}

/** A class because it remembers the hosts, of which a mail system has few. */
export class LogRecords {
  private readonly options: LogRecordsOptions;
  private readonly hosts: Host[] = [];

  constructor(options: LogRecordsOptions) {
    this.options = options;
  }

  /** `chunk`: whole lines, each with its newline. The records are slices of it, without the newline at their end. */
  of(chunk: Buffer): { readonly records: readonly NewRecord[]; readonly lines: number } {
    const records: NewRecord[] = [];
    let lines = 0;
    let first = 0;
    let held = 0;
    let host: Host | undefined;
    for (let start = 0; start < chunk.length; lines += 1) {
      const lineHost = this.hostAt(chunk, start);
      if (host !== undefined && (lineHost !== host || held === this.options.linesPerRecord)) {
        records.push(this.record(host, chunk.subarray(first, start - 1)));
        first = start;
        held = 0;
      }
      host = lineHost;
      held += 1;
      start = chunk.indexOf(NEWLINE, start) + 1;
      if (start === 0) throw new RangeError("a line without its end");
    }
    if (host !== undefined) records.push(this.record(host, chunk.subarray(first, -1)));
    return { records, lines };
  }

  private record({ name, partition }: Host, value: Buffer): NewRecord {
    return { topic: this.options.topic, partition, key: name, value };
  }

  private hostAt(chunk: Buffer, lineStart: number): Host {
    const start = lineStart + STAMP_BYTES[this.options.stamp];
    const end = chunk.indexOf(SPACE, start);
    for (const host of this.hosts) {
      const { bytes } = host;
      if (bytes.length === end - start && bytes.compare(chunk, start, end) === 0) return host;
    }
    const bytes = Buffer.from(chunk.subarray(start, end));
    const name = bytes.toString("latin1");
    const host = { name, bytes, partition: partitionFor(name, this.options.partitions) };
    this.hosts.push(host);
    return host;
  }
}
