// What the recorder counts -> Prometheus metrics.

import type { Metrics } from "../../../shared/runtime/metrics.ts";
import type { RecorderStatus } from "../../recorder/recorder-status-shell.ts";
import { sampleLag } from "./partition-series.ts";
import { addProgress } from "./progress-metrics.ts";

export type CountedRecorder = RecorderStatus & { readonly rebalances: number };

type EachStatus = (visit: (status: CountedRecorder) => void) => void;

/** `status`: undefined until it runs. */
export function addRecorderMetrics(metrics: Metrics, status: () => CountedRecorder | undefined): void {
  const { counter, gauge } = metrics;
  const each: EachStatus = (visit) => {
    const now = status();
    if (now !== undefined) visit(now);
  };
  const batches = "Requests to InfluxDB by outcome: stored, refused (split, or a dead letter), waited (made again).";
  counter({ name: "squall_sink_batches_total", help: batches, labels: ["sink", "outcome", "reason"] }, (sample) =>
    each(({ writes: { stored, refused, waited } }) => {
      sample(stored, { sink: "influx", outcome: "stored", reason: "" });
      sample(refused, { sink: "influx", outcome: "refused", reason: "" });
      for (const [reason, count] of waited) sample(count, { sink: "influx", outcome: "waited", reason });
    }),
  );
  counter({ name: "squall_sink_points_total", help: "Points stored.", labels: ["sink"] }, (sample) =>
    each(({ writes }) => sample(writes.points, { sink: "influx" })),
  );
  const oldest = "When the oldest record was written that is not stored yet; absent when all are.";
  gauge({ name: "squall_sink_oldest_unwritten_timestamp_seconds", help: oldest, labels: ["sink"] }, (sample) =>
    each(({ held: { oldestMs } }) => sample(oldestMs === undefined ? undefined : oldestMs / 1000, { sink: "influx" })),
  );
  gauge({ name: "squall_sink_held_bytes", help: "Held until it is stored.", labels: ["sink"] }, (sample) =>
    each(({ held }) => sample(held.bytes, { sink: "influx" })),
  );
  gauge({ name: "squall_sink_paused", help: "1: reading waits, too much is held.", labels: ["sink"] }, (sample) =>
    each(({ isPaused }) => sample(isPaused ? 1 : 0, { sink: "influx" })),
  );
  addIntake(metrics, each);
  addProgress(metrics, {
    help: "When something was last read or stored.",
    rebalances: () => status()?.rebalances,
    progressAtMs: () => status()?.progressAtMs,
  });
  addBounds({ counter, gauge }, each);
}

/** What was read, how far, and what of it went to the dead letters. */
function addIntake({ counter, gauge }: Pick<Metrics, "counter" | "gauge">, each: EachStatus): void {
  const lag = "Records that are not stored yet, of the partitions that this process has.";
  gauge({ name: "squall_consumer_lag_records", help: lag, labels: ["topic", "partition"] }, (sample) =>
    each(({ partitions }) => {
      sampleLag(sample, partitions);
    }),
  );
  counter({ name: "squall_records_consumed_total", help: "Records read.", labels: ["topic"] }, (sample) =>
    each(({ intake }) => {
      for (const [topic, count] of intake.records) sample(count, { topic });
    }),
  );
  const taken = "Windows and alerts read: a record holds one or more.";
  counter({ name: "squall_recorder_lines_total", help: taken, labels: ["kind"] }, (sample) =>
    each(({ intake }) => {
      sample(intake.windows, { kind: "window" });
      sample(intake.alerts, { kind: "alert" });
    }),
  );
  const rejected = "Lines and points that went to the dead letters, by reason.";
  counter({ name: "squall_records_rejected_total", help: rejected, labels: ["reason"] }, (sample) =>
    each(({ intake, deadLetters }) => {
      let unreadable = 0;
      for (const [reason, count] of intake.unreadable) {
        unreadable += count;
        sample(count, { reason });
      }
      sample(Math.max(0, deadLetters - unreadable), { reason: "refused-by-influx" });
    }),
  );
}

/** What was left out or forgotten for want of room. */
function addBounds({ counter, gauge }: Pick<Metrics, "counter" | "gauge">, each: EachStatus): void {
  const over = "Windows and alerts beyond the series of the day: they are left out.";
  counter({ name: "squall_recorder_over_cap_total", help: over, labels: ["scope"] }, (sample) =>
    each(({ recorder }) => {
      sample(recorder.threadsOverCap, { scope: "thread" });
      sample(recorder.listsOverCap, { scope: "list" });
      sample(recorder.stormsOverCap, { scope: "storm" });
    }),
  );
  const forgotten =
    "Threads that were forgotten for want of room: watched ones, and such as had windows kept for a watch to come.";
  counter({ name: "squall_recorder_threads_forgotten_total", help: forgotten, labels: ["watched"] }, (sample) =>
    each(({ recorder, threadsForgotten }) => {
      sample(recorder.watchesForgotten, { watched: "yes" });
      sample(threadsForgotten, { watched: "no" });
    }),
  );
  const kept = "Windows of threads that nobody watches, kept for a watch to come.";
  gauge({ name: "squall_recorder_windows_kept", help: kept }, (sample) =>
    each(({ windowsKept }) => sample(windowsKept)),
  );
}
