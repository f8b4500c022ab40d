// What every service that folds counts -> Prometheus metrics: how far behind it is, what it flushed, what it took over and refused.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import type { PartitionTask } from "../../../shared/runtime/stage/partition-task.ts";
import type { StageRunner } from "../../../shared/runtime/stage/stage-runner.ts";
import type { TopicPartition } from "../../../shared/runtime/topic-log.ts";
import { LATENCY_HELP, type LatencyStage } from "../standalone/standalone-counts.ts";
import { REJECTED } from "./fold-counts.ts";
import { sampleLag } from "./partition-series.ts";
import { addProgress } from "./progress-metrics.ts";
import type { StageService } from "./stage-service.ts";

/** What is read of a partition that a process has. */
export interface CountedPartition extends TopicPartition {
  /** Undefined while it is being taken over. */
  readonly task: Pick<PartitionTask, "endOffset" | "fold" | "nextOffset"> | undefined;
}

/** What is read of a service that folds. */
export type CountedStage = Pick<StageService, "counts" | "inputTopic" | "lateness" | "takeovers" | "times"> & {
  readonly runner: Pick<StageRunner, "consumedRecords" | "missedRecords" | "progressAtMs" | "rebalances"> & {
    readonly status: () => readonly CountedPartition[];
  };
};

export interface ServiceClocks {
  /** ms since the epoch, and a clock that only goes forward. */
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
}

type EachStage = (visit: (one: CountedStage) => void) => void;

/** `service`: undefined until the brokers answered. */
export function addStageMetrics(
  metrics: Metrics,
  service: () => CountedStage | undefined,
  { nowMs, monotonicMs, reasons }: ServiceClocks & { readonly reasons: readonly string[] },
): void {
  const { counter, gauge } = metrics;
  const each: EachStage = (visit) => {
    const one = service();
    if (one !== undefined) visit(one);
  };
  const consumed = { name: "squall_records_consumed_total", help: "Records read.", labels: ["topic"] };
  counter(consumed, (sample) => each(({ runner, inputTopic: topic }) => sample(runner.consumedRecords, { topic })));
  const missed = "Records that were deleted before they were read: the topic keeps less than an outage takes.";
  counter({ name: "squall_records_missed_total", help: missed }, (sample) =>
    each(({ runner }) => sample(runner.missedRecords)),
  );
  const rejected = "Lines that were not taken and went to the dead letters, by reason.";
  counter({ name: "squall_records_rejected_total", help: rejected, labels: ["reason"] }, (sample) =>
    each(({ counts }) => {
      // From 0 on: of one that is first seen at 5 Prometheus takes no increase.
      for (const reason of reasons) if (!(REJECTED + reason in counts)) sample(0, { reason });
      for (const [name, count] of Object.entries(counts)) {
        if (name.startsWith(REJECTED)) sample(count, { reason: name.slice(REJECTED.length) });
      }
    }),
  );
  const lag = "Records behind what was read, of the partitions that this process has.";
  gauge({ name: "squall_consumer_lag_records", help: lag, labels: ["topic", "partition"] }, (sample) =>
    each(({ runner }) => {
      const lags = runner
        .status()
        .flatMap(({ topic, partition, task }) =>
          task === undefined ? [] : [{ topic, partition, lagRecords: Math.max(0, task.endOffset - task.nextOffset) }],
        );
      sampleLag(sample, lags);
    }),
  );
  const partitions = "Partitions that this process has, and those of them whose state is read.";
  gauge({ name: "squall_partitions", help: partitions, labels: ["state"] }, (sample) =>
    each(({ runner }) => {
      const all = runner.status();
      const ready = all.filter(({ task }) => task !== undefined).length;
      sample(ready, { state: "running" });
      sample(all.length - ready, { state: "restoring" });
    }),
  );
  addProgress(metrics, {
    help: "When something was last read, flushed or taken over.",
    rebalances: () => service()?.runner.rebalances,
    progressAtMs: () => {
      const one = service();
      return one === undefined ? undefined : nowMs() - (monotonicMs() - one.runner.progressAtMs);
    },
  });
  addStateMetrics(metrics, each);
}

/** Flushes, and takeovers of what others flushed. */
function addStateMetrics({ counter, gauge, histogram }: Metrics, each: EachStage): void {
  const flushes = "How long a flush took: one transaction of output, state and position.";
  histogram({ name: "squall_state_flush_seconds", help: flushes }, (tell) =>
    each(({ times }) => tell(times.flushTime)),
  );
  const takeovers = "Partitions taken over, and what of their state was read.";
  counter({ name: "squall_takeovers_total", help: takeovers }, (sample) => each((one) => sample(one.takeovers.count)));
  counter({ name: "squall_state_restored_bytes_total", help: "State read at takeovers." }, (sample) =>
    each((one) => sample(one.takeovers.bytes)),
  );
  gauge({ name: "squall_takeover_longest_seconds", help: "The longest takeover so far." }, (sample) =>
    each(({ takeovers: { count, longestMs } }) => sample(count === 0 ? undefined : longestMs / 1000)),
  );
}

/** From events to the word about them, in the service where that stage is. */
export function addLatency(
  { histogram }: Metrics,
  service: () => CountedStage | undefined,
  stages: readonly LatencyStage[],
): void {
  histogram({ name: "squall_event_e2e_latency_seconds", help: LATENCY_HELP, labels: ["stage"] }, (tell) => {
    const times = service()?.times;
    if (times !== undefined) for (const stage of stages) tell(times.latency[stage], { stage });
  });
}
