// What the parts of a standalone count, for tests: nothing, some of it, or as much as can be configured and counted.

import { REJECTION_REASONS } from "../../services/ingest/rejection.ts";
import { LOSS_REASONS, RETRY_REASONS, UNHEARD_REASONS } from "../../services/alerter/delivery.ts";
import { Assembler } from "../../services/assembler/assembler.ts";
import { defaultAssemblerSettings } from "../../services/assembler/assembler-settings.ts";
import { createDetectorState } from "../../services/detector/detector.ts";
import { detectorTotals, tableFill } from "../../services/detector/detector-totals.ts";
import type {
  InputCounts,
  ReceiverCounts,
  StandaloneCounts,
} from "../../services/squall/standalone/standalone-counts.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { HistogramCounts } from "../../shared/runtime/histogram-counts.ts";

export const NOW = Date.UTC(2026, 10, 26, 12);
/** What the configuration allows. */
const INPUTS_MAX = 32;
const RECEIVERS_MAX = 18;

export function counts(change: Partial<StandaloneCounts> = {}): StandaloneCounts {
  const people = { name: (address: string): string => address, allowSubject: false };
  const assembler = new Assembler(defaultAssemblerSettings, { site: "site", people, hostNames: [] });
  const detector = createDetectorState(defaultDetectorSettings, { advise: () => [] });
  return {
    inputs: () => [],
    areInputsWell: () => true,
    assembler: () => assembler.counters,
    openMails: () => assembler.openMails,
    detector: () => detector.counters,
    totals: () => detectorTotals(detector),
    fill: () => tableFill(detector),
    watermarkMs: () => Number.NEGATIVE_INFINITY,
    lastProgressMs: () => NOW,
    receivers: () => [],
    silences: () => 0,
    stateLog: () => undefined,
    heartbeat: () => undefined,
    page: () => undefined,
    keptWindowsDropped: () => 0,
    reloads: () => ({ done: 0, refused: 0 }),
    lateness: new HistogramCounts(),
    latency: { read: new HistogramCounts(), decided: new HistogramCounts(), flushed: new HistogramCounts() },
    notificationLatency: new HistogramCounts(),
    flushTime: new HistogramCounts(),
    ...change,
  };
}

export function input(name: string, change: Partial<InputCounts> = {}): InputCounts {
  const ingest = { lines: 10, used: 7, other: 2, rejected: new Map([["bad-stamp" as const, 1]]) };
  return { name, ingest, streamTimeMs: NOW - 1500, open: 1, reader: {}, lost: {}, ...change };
}

export function receiver(name: string, change: Partial<ReceiverCounts> = {}): ReceiverCounts {
  const none = new Map<string, number>();
  const at = { waiting: 0, oldestSinceMs: undefined, isDisabled: false };
  return { name, delivered: 0, failed: none, lost: none, unheard: none, ...at, ...change };
}

function each(reasons: readonly string[]): Map<string, number> {
  return new Map(reasons.map((reason) => [reason, 1]));
}

/** As much as can be configured and counted. */
export function everything(): Partial<StandaloneCounts> {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`counterNumber${index}`, index]));
  const all = new Map(REJECTION_REASONS.map((reason) => [reason, 3]));
  const told = { failed: each(RETRY_REASONS), lost: each(LOSS_REASONS), unheard: each(UNHEARD_REASONS) };
  const every = { ...told, waiting: 3, oldestSinceMs: NOW };
  const lost = {
    "queue-full": 1,
    "message-too-long": 2,
    "message-cut-off": 3,
    "absurd-length": 4,
    "too-many-connections": 5,
  };
  const ingest = { lines: 1, used: 1, other: 1, rejected: all };
  return {
    inputs: () => Array.from({ length: INPUTS_MAX }, (_, n) => input(`/var/log/${n}`, { reader: many, lost, ingest })),
    receivers: () => Array.from({ length: RECEIVERS_MAX }, (_, n) => receiver(`receiver-${n}`, every)),
    stateLog: () => ({
      flushes: 1,
      flushedBytes: 2,
      copiedBytes: 3,
      refusedForRoom: 4,
      syncs: 5,
      cutOffBytes: 6,
      keys: 7,
      bytes: 8,
      liveBytes: 9,
    }),
    heartbeat: () => ({ called: 1, failed: 2, withheld: 3 }),
    page: () => ({ pages: 1, dropped: 2, skipped: 3, givenUp: 4, faults: 5 }),
    watermarkMs: () => NOW,
  };
}
