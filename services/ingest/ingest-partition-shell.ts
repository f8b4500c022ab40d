// One partition of squall.mail-logs: lines -> fragments and finished events, each in the partition of its queue id. What a flush covers is one piece: the
// lines of a queue id within it and within 5 s of event time are one fragment.

import { encodeMailEvent } from "../../shared/domain/mail-event-codec.ts";
import { encodeMailFragment } from "../../shared/domain/mail-fragment-codec.ts";
import { RECORD_INTEGERS } from "../../shared/domain/packed/fragment-slab.ts";
import { fragmentAt } from "../../shared/domain/packed/slab-fragments.ts";
import { fragmentPartition } from "../../shared/domain/partition-for.ts";
import { UnknownEntries } from "../../shared/domain/state-value.ts";
import { encodeStreamProgress, type StreamProgress } from "../../shared/domain/stream-progress.ts";
import { LineOutput } from "../../shared/runtime/stage/line-output.ts";
import { DeadLetterOutput } from "../../shared/runtime/stage/line-records.ts";
import type { FlushSink, PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { LogBatch, TopicPartition } from "../../shared/runtime/topic-log.ts";
import { FragmentTable } from "./combine.ts";
import { HostTable } from "./host-table.ts";
import { Ingest, type IngestOptions } from "./ingest.ts";
import { RecordLines } from "./record-lines-shell.ts";
import { INPUT_PREFIX, InputEntry } from "./state/input-entry.ts";

/** Hosts not met for so long are forgotten where there are too many. */
const HOSTS_TURN_MS = 3_600_000;
/** Of a partition that has nothing to say: mails wait until all partitions have come as far. One that has says how far with it. */
const PROGRESS_MS = 500;
/** A partition that was read to its end and brought nothing for so long has nothing under way either. */
const SILENT_MS = 10_000;

export interface IngestPartitionOptions {
  readonly at: TopicPartition;
  /** Partitions of the input. */
  readonly partitions: number;
  readonly reading: Pick<
    IngestOptions,
    "site" | "format" | "lineBytesMax" | "toUtc" | "allowedLatenessMs" | "hashSeed" | "listServers"
  >;
  readonly hostsMax: number;
  readonly fragments: { readonly topic: string; readonly partitions: number };
  readonly deadLetters: string;
  /** Of squall. */
  readonly version: string;
  /** Lines were read, the latest of which is of that time. */
  readonly onRead?: (eventTimeMs: number) => void;
}

export class IngestPartition implements PartitionFold {
  readonly ingest: Ingest;
  readonly deadLetters: DeadLetterOutput;
  readonly isUrgent = false;
  private readonly options: IngestPartitionOptions;
  private readonly table = new FragmentTable();
  private readonly hosts: HostTable;
  private readonly lines: RecordLines;
  private readonly entry: InputEntry;
  private readonly unknown = new UnknownEntries();
  private readonly fragments: LineOutput;
  private nowMs = Number.NEGATIVE_INFINITY;
  private readToMs = Number.NEGATIVE_INFINITY;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private hostsTurnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: IngestPartitionOptions) {
    this.options = options;
    const { reading, at, deadLetters, version, fragments, hostsMax } = options;
    this.hosts = new HostTable({ hostsMax, hashSeed: reading.hashSeed });
    this.deadLetters = new DeadLetterOutput(deadLetters, at, version);
    this.fragments = new LineOutput(fragments.topic, fragments.partitions);
    this.ingest = new Ingest({
      ...reading,
      year: undefined,
      table: this.table,
      hosts: this.hosts,
      onEvent: (event) => {
        // The assembler, which knows how people are to be named, passes it on.
        this.fragments.add(fragmentPartition(event.host, event.queueId, fragments.partitions), encodeMailEvent(event));
      },
      onRejected: (reason, bytes) => {
        this.deadLetters.add({ reason, value: bytes, offset: this.lines.offsetOf(bytes) });
      },
    });
    this.lines = new RecordLines((chunk, arrivedAtMs) => {
      this.ingest.feed(chunk, arrivedAtMs);
    });
    this.entry = new InputEntry("lines", this.ingest);
  }

  restore(key: string, value: Buffer): void {
    if (key === `${INPUT_PREFIX}lines`) this.entry.restore(value);
    else this.unknown.add(key);
  }

  restored(): void {
    // One entry is all there is.
  }

  take({ records }: LogBatch): void {
    const before = this.ingest.counters.lines;
    this.lines.take(records);
    if (this.ingest.counters.lines > before) this.options.onRead?.(this.ingest.streamTime.latest);
  }

  advance(nowMs: number, readToMs: number): void {
    this.nowMs = nowMs;
    this.readToMs = readToMs;
    if (this.isCaughtUp) this.ingest.wait(readToMs);
    if (Math.abs(nowMs - this.hostsTurnedAtMs) < HOSTS_TURN_MS) return;
    this.hostsTurnedAtMs = nowMs;
    this.hosts.forgetUnseen();
  }

  drain(sink: FlushSink): void {
    const before = this.fragments.lines;
    this.drainTable();
    // Behind the fragments: it says that they were all.
    const isDue = Math.abs(this.nowMs - this.toldAtMs) >= PROGRESS_MS;
    if (isDue || this.fragments.lines > before) this.tellProgress();
    this.fragments.drain(sink.output);
    this.deadLetters.drain(sink.output);
    this.unknown.changes(sink.entry);
    this.entry.changes(sink.entry, undefined);
  }

  flushed(): void {
    // Nobody waits for it.
  }

  private drainTable(): void {
    const { table, fragments, options } = this;
    const origin = { site: options.reading.site, hostNames: table.hostNames };
    table.drain(Number.POSITIVE_INFINITY, ({ slab }) => {
      for (let record = 0; record < slab.end; record += RECORD_INTEGERS) {
        const fragment = fragmentAt(slab, record, origin);
        const partition = fragmentPartition(fragment.host, fragment.queueId, fragments.partitions);
        fragments.add(partition, encodeMailFragment(fragment));
      }
    });
  }

  private tellProgress(): void {
    this.toldAtMs = this.nowMs;
    const { at, partitions, reading } = this.options;
    const { streamTime } = this.ingest;
    const reachedMs = this.isCaughtUp ? streamTime.reached(this.readToMs) : streamTime.now;
    const isKnown = Number.isFinite(reachedMs);
    const line = encodeStreamProgress({
      site: reading.site,
      input: at.topic,
      partition: at.partition,
      of: partitions,
      at: isKnown ? Math.floor(reachedMs) : undefined,
      readTo: this.isCaughtUp ? this.readToMs : undefined,
      state: this.progressState(isKnown),
    });
    for (let partition = 0; partition < this.fragments.partitions; partition += 1) this.fragments.add(partition, line);
  }

  private progressState(isKnown: boolean): StreamProgress["state"] {
    if (!this.isCaughtUp) return isKnown ? "known" : "unknown";
    if (!isKnown) return "empty";
    return this.readToMs - this.ingest.streamTime.arrivedAtMs >= SILENT_MS ? "silent" : "known";
  }

  private get isCaughtUp(): boolean {
    return Number.isFinite(this.readToMs);
  }
}
