// The metrics of each process with every label at its bound: as many partitions as a topic may have, every reason, every receiver.

import { AssemblerPartition } from "../../services/assembler/assembler-partition-shell.ts";
import { defaultAssemblerSettings } from "../../services/assembler/assembler-settings.ts";
import { DetectorPartition } from "../../services/detector/detector-partition-shell.ts";
import { siteOf, step } from "../../services/detector/detector.ts";
import { REJECTION_REASONS } from "../../services/ingest/rejection.ts";
import { RECORDER_WAIT_REASONS } from "../../services/recorder/wait-reason.ts";
import { addConsoleMetrics } from "../../services/squall/service/console-metrics.ts";
import { FoldCounts, REJECTED } from "../../services/squall/service/fold-counts.ts";
import type { CountedRecorder } from "../../services/squall/service/recorder-metrics.ts";
import { addServiceMetrics } from "../../services/squall/service/role-metrics.ts";
import type { CountedStage } from "../../services/squall/service/service-metrics.ts";
import { EventTimes } from "../../services/squall/standalone/event-times.ts";
import { addStandaloneMetrics } from "../../services/squall/standalone/standalone-metrics.ts";
import { DECODE_REASONS } from "../../shared/domain/decode-fault.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { encodeStreamProgress } from "../../shared/domain/stream-progress.ts";
import { STAGES, type Stage } from "../../shared/domain/topics.ts";
import { HistogramCounts } from "../../shared/runtime/histogram-counts.ts";
import { createMetrics, type Metrics } from "../../shared/runtime/metrics.ts";
import type { PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import type { LogRecord } from "../../shared/runtime/topic-log.ts";
import { CountingFold } from "./counting-fold.ts";
import { counts, everything, NOW } from "./standalone-counts.ts";

export const METERED = ["standalone", ...STAGES, "console"] as const;
export type Metered = (typeof METERED)[number];

/** What the configuration allows, and Kafka does not forbid. */
const PARTITIONS_MAX = 1000;
const partitions = Array.from({ length: PARTITIONS_MAX }, (_, partition) => partition);

export function metricsAtTheirBounds(service: Metered): Metrics {
  const metrics = createMetrics({ service, version: "0.1.0", nodeVersion: "v24.0.0", ofProcess: true });
  const all = counts(everything());
  if (service === "standalone") addStandaloneMetrics(metrics, all);
  else if (service === "console") addConsoleMetrics(metrics, consolePage());
  else {
    const stage = stageOf(service);
    const clocks = { nowMs: () => NOW, monotonicMs: () => 0 };
    addServiceMetrics(metrics, service, { stage: () => stage, recorder: recorderStatus, telling: all, clocks });
  }
  return metrics;
}

function stageOf(role: Stage): CountedStage {
  const fold = foldOf(role);
  const own = role === "ingest" ? { lines: 2, used: 1 } : new FoldCounts().of([fold]);
  const reasons = role === "ingest" ? REJECTION_REASONS : [...DECODE_REASONS, "bad-silence", "no-such-silence"];
  const task = { fold, nextOffset: 3, endOffset: 7 };
  const status = partitions.map((partition) => ({ topic: "squall.topic", partition, task }));
  return {
    inputTopic: "squall.topic",
    counts: { ...own, ...Object.fromEntries(reasons.map((reason) => [REJECTED + reason, 2])) },
    lateness: new HistogramCounts(),
    times: new EventTimes(),
    takeovers: { count: 1, entries: 2, bytes: 3, longestMs: 4 },
    runner: { consumedRecords: 1, missedRecords: 2, progressAtMs: 0, rebalances: 3, status: () => status },
  };
}

function foldOf(role: Stage): PartitionFold {
  const common = { at: { topic: "squall.topic", partition: 0 }, deadLetters: "dead", version: "0.1.0" };
  if (role === "assembler") {
    const fold = new AssemblerPartition({
      ...common,
      partitions: PARTITIONS_MAX,
      settings: defaultAssemblerSettings,
      allowedLatenessMs: 0,
      people: { name: (address) => address, allowSubject: false },
      events: { topic: "events", partitions: 1 },
      nowMs: () => NOW,
    });
    fold.take({ ...common.at, records: [wordOfASite()], nextOffset: 1, endOffset: 1 });
    return fold;
  }
  if (role !== "detector") return new CountingFold(common.at, "out");
  const fold = new DetectorPartition({
    ...common,
    partitions: PARTITIONS_MAX,
    site: "site",
    settings: defaultDetectorSettings,
    advise: () => [],
    windows: { topic: "windows", partitions: 1 },
    alerts: { topic: "alerts", partitions: 1 },
  });
  siteOf(fold.detector, "site");
  step(fold.detector, { kind: "tick", watermark: NOW });
  return fold;
}

function wordOfASite(): LogRecord {
  const word = { site: "site", input: "squall.mail-logs", partition: 0, of: 1, at: NOW, state: "known" } as const;
  return { offset: 0, key: undefined, value: Buffer.from(`${encodeStreamProgress(word)}\n`), timestampMs: NOW };
}

function readPartition(topic: string, partition: number) {
  return { topic, partition, isReading: true, nextOffset: 3, endOffset: 7, lagRecords: 4 };
}

function recorderStatus(): CountedRecorder {
  return {
    partitions: [
      ...partitions.map((number) => readPartition("squall.thread-windows", number)),
      readPartition("alerts", 0),
    ],
    intake: {
      records: new Map([
        ["squall.thread-windows", 1],
        ["alerts", 2],
      ]),
      windows: 1,
      alerts: 2,
      unreadable: new Map([...DECODE_REASONS, "not-utf8" as const, "refused" as const].map((reason) => [reason, 1])),
      readAtMs: NOW,
    },
    recorder: { recorded: 1, unwatched: 2, threadsOverCap: 3, listsOverCap: 4, stormsOverCap: 5, watchesForgotten: 6 },
    writes: {
      stored: 1,
      refused: 2,
      waited: new Map(RECORDER_WAIT_REASONS.map((reason) => [reason, 1])),
      points: 3,
      storedAtMs: NOW,
    },
    deadLetters: 9,
    windowsKept: 1,
    threadsForgotten: 2,
    held: { points: 1, bytes: 2, oldestMs: NOW },
    isPaused: false,
    waits: undefined,
    deadLetterFailuresInRow: 0,
    rebalances: 2,
    progressAtMs: NOW,
  };
}

function consolePage() {
  const lag = partitions.map((partition) => ({ topic: "squall.thread-windows", partition, records: 1 }));
  return {
    reader: {
      lag,
      readAtMs: NOW,
      rebalances: 1,
      records: new Map([
        ["squall.thread-windows", 1],
        ["alerts", 2],
      ]),
      unreadable: 3,
    },
    console: { counts: { pages: 1, skipped: 2, dropped: 3, givenUp: 4, faults: 5 } },
    progress: { dropped: 6 },
  };
}
