// A running standalone -> what its metrics read, looked at when somebody scrapes.

import type { Heartbeat } from "../../alerter/heartbeat-shell.ts";
import { detectorTotals, leastWatermark, tableFill } from "../../detector/detector-totals.ts";
import type { FileStateLog } from "../../../shared/adapters/files/state-log/file-state-log.ts";
import type { InputReport } from "./live-inputs.ts";
import type { LivePage } from "./live-page.ts";
import type { IngestCounters } from "../../ingest/ingest.ts";
import type { InputCounts, StandaloneCounts } from "./standalone-counts.ts";
import type { Standalone } from "./standalone.ts";

export interface CountedParts {
  readonly standalone: Standalone;
  readonly log: FileStateLog;
  readonly heartbeat: Heartbeat | undefined;
  readonly page: LivePage | undefined;
  readonly reloads: { readonly done: number; readonly refused: number };
}

export function standaloneCounts({ standalone, log, heartbeat, page, reloads }: CountedParts): StandaloneCounts {
  const { pipeline, telling, silences, times, inputs } = standalone;
  const { assembler, detector } = pipeline.stages;
  return {
    inputs: () => inputs.reports.map(inputCounts),
    areInputsWell: () => inputs.health.isWell(performance.now()),
    assembler: () => assembler.counters,
    openMails: () => assembler.openMails,
    detector: () => detector.counters,
    totals: () => detectorTotals(detector),
    fill: () => tableFill(detector),
    watermarkMs: () => leastWatermark(detector),
    lastProgressMs: () => standalone.lastProgressMs,
    receivers: () => telling.status().receivers,
    silences: () => silences.size().silences,
    stateLog: () => ({ ...log.counters, ...log.size }),
    heartbeat: () => heartbeat?.counters,
    page: () => page?.counts,
    keptWindowsDropped: () => standalone.page.windows.dropped,
    reloads: () => reloads,
    lateness: pipeline.lateness,
    latency: times.latency,
    notificationLatency: times.notification,
    flushTime: times.flushTime,
  };
}

/** A pattern's logs are counted as one. */
function inputCounts({ source, readers, open, reader, lost }: InputReport): InputCounts {
  const sum: IngestCounters = { lines: 0, used: 0, other: 0, rejected: new Map() };
  const clocks = { stampsAhead: 0, stampsBehind: 0, clockSetBacks: 0 };
  let streamTimeMs = Number.NEGATIVE_INFINITY;
  for (const { ingest } of readers) {
    const { lines, used, other, rejected } = ingest.counters;
    sum.lines += lines;
    sum.used += used;
    sum.other += other;
    for (const [reason, count] of rejected) sum.rejected.set(reason, (sum.rejected.get(reason) ?? 0) + count);
    clocks.stampsAhead += ingest.clocks.stampsAhead;
    clocks.stampsBehind += ingest.clocks.stampsBehind;
    clocks.clockSetBacks += ingest.streamTime.setBacks;
    streamTimeMs = Math.max(streamTimeMs, ingest.streamTime.now);
  }
  return { name: source, ingest: sum, streamTimeMs, open: open(), reader: { ...reader(), ...clocks }, lost: lost() };
}
