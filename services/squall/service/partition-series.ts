// Numbers by partition -> series, of which no process has too many: a topic may have a thousand partitions, and one process all of them.

import type { Sample } from "../../../shared/runtime/metrics.ts";
import type { TopicPartition } from "../../../shared/runtime/topic-log.ts";

/** With two metrics by partition, and all others, fewer than 2,000 series. */
const PARTITIONS_SHOWN_MAX = 500;
/** All beyond them are one. */
const REST = "other";

/** `join`: of those that are one. */
export function byPartition(
  values: Iterable<readonly [partition: number, value: number]>,
  join: (one: number, other: number) => number,
): Map<string, number> {
  const shown = new Map<string, number>();
  for (const [partition, value] of values) {
    const name = shown.size < PARTITIONS_SHOWN_MAX ? String(partition) : REST;
    const other = shown.get(name);
    shown.set(name, other === undefined ? value : join(other, value));
  }
  return shown;
}

/** squall_consumer_lag_records, of one topic or several. */
export function sampleLag(sample: Sample, lags: readonly (TopicPartition & { readonly lagRecords: number })[]): void {
  for (const topic of new Set(lags.map((lag) => lag.topic))) {
    const ofTopic = lags.filter((lag) => lag.topic === topic);
    const shown = byPartition(
      ofTopic.map(({ partition, lagRecords }) => [partition, lagRecords]),
      (one, other) => one + other,
    );
    for (const [partition, records] of shown) sample(records, { topic, partition });
  }
}
