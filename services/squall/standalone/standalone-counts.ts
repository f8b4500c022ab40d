// What the parts of standalone count, as the metrics read it: plain numbers, looked at when somebody scrapes.

import type { PageCounts } from "../../console/console-shell.ts";
import type { AssemblerCounters } from "../../assembler/assembler-settings.ts";
import type { DetectorCounters } from "../../detector/detector-counters.ts";
import type { DetectorTotals, TableFill } from "../../detector/detector-totals.ts";
import type { IngestCounters } from "../../ingest/ingest.ts";
import type { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";

/** One configured input; the files of one pattern are one. */
export interface InputCounts {
  /** Of the configuration. */
  readonly name: string;
  readonly ingest: Readonly<IngestCounters>;
  /** Highest event time that is believed, ms; -Infinity before the first. */
  readonly streamTimeMs: number;
  /** Files or connections that are open now. */
  readonly open: number;
  /** What its reader counts (bytesRead, rotations, connections, stampsAhead, …), all that only grows. */
  readonly reader: Readonly<Record<string, number>>;
  /** What its reader lost, by reason. */
  readonly lost: Readonly<Record<string, number>>;
}

/** One receiver of alerts. */
export interface ReceiverCounts {
  readonly name: string;
  readonly delivered: number;
  /** By reason: tries that failed and are made again; deliveries given up; alerts it was not to hear of. */
  readonly failed: ReadonlyMap<string, number>;
  readonly lost: ReadonlyMap<string, number>;
  readonly unheard: ReadonlyMap<string, number>;
  /** Deliveries that wait. */
  readonly waiting: number;
  /** When the oldest alert that waits was decided, ms. */
  readonly oldestSinceMs: number | undefined;
  readonly isDisabled: boolean;
}

export interface StateLogCounts {
  readonly flushes: number;
  readonly flushedBytes: number;
  readonly copiedBytes: number;
  readonly refusedForRoom: number;
  readonly syncs: number;
  readonly cutOffBytes: number;
  readonly keys: number;
  /** Of all files. */
  readonly bytes: number;
  readonly liveBytes: number;
}

export interface HeartbeatCounts {
  readonly called: number;
  readonly failed: number;
  readonly withheld: number;
}

/**
 * Where the time between a line and the word about it goes, each measured from the event time: `read`, the line was taken from its
 * input; `decided`, the detector raised the alert; `flushed`, the alert outlives a kill. From there on notificationLatency counts.
 */
export const LATENCY_STAGES = ["read", "decided", "flushed"] as const;
export const LATENCY_HELP = "From an event's time to a stage: read, decided (alerts), flushed (alerts).";
export const LATENESS_HELP = "How far mails lay behind the time of their mail system when they came.";
export type LatencyStage = (typeof LATENCY_STAGES)[number];

export interface StandaloneCounts {
  readonly inputs: () => Iterable<InputCounts>;
  /** Every input gives what it should, as far as can be seen. */
  readonly areInputsWell: () => boolean;
  readonly assembler: () => Readonly<AssemblerCounters>;
  readonly openMails: () => number;
  readonly detector: () => Readonly<DetectorCounters>;
  readonly totals: () => DetectorTotals;
  readonly fill: () => TableFill;
  /** Of the mail system furthest behind, ms; not finite before the first event. */
  readonly watermarkMs: () => number;
  /** When the loop last finished a turn, ms since the epoch. */
  readonly lastProgressMs: () => number;
  readonly receivers: () => Iterable<ReceiverCounts>;
  readonly silences: () => number;
  /** Undefined where state is not kept. */
  readonly stateLog: () => StateLogCounts | undefined;
  readonly heartbeat: () => HeartbeatCounts | undefined;
  /** Undefined where there is no live page. */
  readonly page: () => PageCounts | undefined;
  readonly keptWindowsDropped: () => number;
  /** Reloads of the configuration, by outcome. */
  readonly reloads: () => { readonly done: number; readonly refused: number };
  /** How far events lie behind the stream time when they come, s. */
  readonly lateness: HistogramCounts;
  /** From event time to a stage, s. */
  readonly latency: Readonly<Record<LatencyStage, HistogramCounts>>;
  /** From the moment an alert was decided until a receiver took it, s. */
  readonly notificationLatency: HistogramCounts;
  /** How long a flush takes, s. */
  readonly flushTime: HistogramCounts;
}
