// What every service that folds counts -> Prometheus metrics: how far behind it is, what it flushed, what it took over and refused.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import type { StageService } from "./stage-service.ts";

export interface ServiceClocks {
  /** ms since the epoch, and a clock that only goes forward. */
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
}

/** `service`: undefined until the brokers answered. */
export function addStageMetrics(
  { counter, gauge, histogram }: Metrics,
  service: () => StageService | undefined,
  { nowMs, monotonicMs }: ServiceClocks,
): void {
  const each = (visit: (one: StageService) => void): void => {
    const one = service();
    if (one !== undefined) visit(one);
  };
  const consumed = { name: "squall_records_consumed_total", help: "Records read.", labels: ["topic"] };
  counter(consumed, (sample) => each(({ runner, inputTopic: topic }) => sample(runner.consumedRecords, { topic })));
  const missed = "Records that were deleted before they were read: the topic keeps less than an outage takes.";
  counter({ name: "squall_records_missed_total", help: missed }, (sample) =>
    each(({ runner }) => sample(runner.missedRecords)),
  );
  const rejected = "Lines that were not taken and went to the dead letters, by reason, since their partition came.";
  counter({ name: "squall_records_rejected_total", help: rejected, labels: ["reason"] }, (sample) =>
    each(({ runner }) => {
      for (const [reason, count] of rejections(runner)) sample(count, { reason });
    }),
  );
  const lag = "Records behind what was read, of the partitions that this process has.";
  gauge({ name: "squall_consumer_lag_records", help: lag, labels: ["topic", "partition"] }, (sample) =>
    each(({ runner }) => {
      for (const { topic, partition, task } of runner.status()) {
        if (task !== undefined)
          sample(Math.max(0, task.endOffset - task.nextOffset), { topic, partition: String(partition) });
      }
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
  counter({ name: "squall_rebalances_total", help: "How often partitions were given or taken." }, (sample) =>
    each(({ runner }) => sample(runner.rebalances)),
  );
  const progress = "When something was last read, flushed or taken over.";
  gauge({ name: "squall_last_progress_timestamp_seconds", help: progress }, (sample) =>
    each(({ runner }) => sample((nowMs() - (monotonicMs() - runner.progressAtMs)) / 1000)),
  );
  const flushes = "How long a flush took: one transaction of output, state and position.";
  histogram({ name: "squall_state_flush_seconds", help: flushes }, (tell) => each(({ flushTime }) => tell(flushTime)));
  const takeovers = "Partitions taken over, and what of their state was read.";
  counter({ name: "squall_takeovers_total", help: takeovers }, (sample) => each((one) => sample(one.takeovers.count)));
  counter({ name: "squall_state_restored_bytes_total", help: "State read at takeovers." }, (sample) =>
    each((one) => sample(one.takeovers.bytes)),
  );
  gauge({ name: "squall_takeover_longest_seconds", help: "The longest takeover so far." }, (sample) =>
    each(({ takeovers: { count, longestMs } }) => sample(count === 0 ? undefined : longestMs / 1000)),
  );
}

function rejections(runner: StageService["runner"]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { task } of runner.status()) {
    for (const [reason, count] of task?.fold.deadLetters?.counts ?? [])
      sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return sums;
}
