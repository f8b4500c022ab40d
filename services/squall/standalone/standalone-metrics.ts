// What the parts of standalone count -> Prometheus metrics. Every series has a bounded label: inputs and receivers are those of the
// configuration, reasons are closed sets; no address, subject or thread is among them.

import type { Metrics, ReadSamples } from "../../../shared/runtime/metrics.ts";
import { REJECTION_REASONS } from "../../ingest/rejection.ts";
import { addMailMetrics } from "./mail-metrics.ts";
import { addPageMetrics } from "./page-metrics.ts";
import { addReceiverMetrics } from "./receiver-metrics.ts";
import type { InputCounts, StandaloneCounts } from "./standalone-counts.ts";
import { LATENCY_HELP, LATENCY_STAGES, LATENESS_HELP } from "./standalone-counts.ts";

/** Longest label; names of inputs are paths. */
const LABEL_CHARS_MAX = 120;
/** What one input may count: a reader has a handful, a bug must not make series without end. */
const READER_COUNTERS_MAX = 12;

export function addStandaloneMetrics(metrics: Metrics, counts: StandaloneCounts): void {
  addInputMetrics(metrics, counts);
  const { assembler, openMails, detector, totals, fill, watermarkMs } = counts;
  addMailMetrics(metrics, {
    assembler: { counters: assembler, openMails: () => [openMails()] },
    detector: { counters: detector, totals, fill, watermarks: () => new Map([["", watermarkMs()]]) },
  });
  addReceiverMetrics(metrics, counts);
  addStateMetrics(metrics, counts);
  addPageMetrics(metrics, counts.page);
  const { gauge, counter, histogram } = metrics;
  const forgotten = "Windows of the last hour that the live page would miss after a restart, for want of room.";
  counter({ name: "squall_kept_windows_dropped_total", help: forgotten }, (sample) =>
    sample(counts.keptWindowsDropped()),
  );
  const progress = "When the loop last finished a turn; with nothing to do it turns too.";
  gauge({ name: "squall_last_progress_timestamp_seconds", help: progress }, (sample) =>
    sample(seconds(counts.lastProgressMs())),
  );
  histogram({ name: "squall_event_e2e_latency_seconds", help: LATENCY_HELP, labels: ["stage"] }, (tell) => {
    for (const stage of LATENCY_STAGES) tell(counts.latency[stage], { stage });
  });
  histogram({ name: "squall_event_lateness_seconds", help: LATENESS_HELP }, (tell) => tell(counts.lateness));
  const reloads = "Reloads of the configuration; refused: the old one stays in force.";
  counter({ name: "squall_config_reloads_total", help: reloads, labels: ["outcome"] }, (sample) => {
    const { done, refused } = counts.reloads();
    sample(done, { outcome: "done" });
    sample(refused, { outcome: "refused" });
  });
}

function addInputMetrics({ counter, gauge }: Metrics, { inputs, areInputsWell }: StandaloneCounts): void {
  const each =
    (
      read: (
        input: InputCounts,
        label: { readonly input: string },
      ) => readonly (readonly [number | undefined, object?])[],
    ): ReadSamples =>
    (sample) => {
      for (const input of inputs()) {
        const label = { input: input.name.slice(0, LABEL_CHARS_MAX) };
        for (const [value, more = {}] of read(input, label)) sample(value, { ...label, ...more });
      }
    };
  const labels = ["input"];
  const consumed = "Lines read.";
  counter(
    { name: "squall_records_consumed_total", help: consumed, labels },
    each(({ ingest }) => [[ingest.lines]]),
  );
  const used = "Lines that told something of a mail.";
  counter(
    { name: "squall_records_used_total", help: used, labels },
    each(({ ingest }) => [[ingest.used]]),
  );
  const rejected = "Lines that were not taken, over all inputs, by reason.";
  counter({ name: "squall_records_rejected_total", help: rejected, labels: ["reason"] }, (sample) => {
    // From 0 on: of one that is first seen at 5 Prometheus takes no increase.
    const sums = new Map<string, number>(REJECTION_REASONS.map((reason) => [reason, 0]));
    for (const { ingest } of inputs()) {
      for (const [reason, count] of ingest.rejected) sums.set(reason, (sums.get(reason) ?? 0) + count);
    }
    for (const [reason, count] of sums) sample(count, { reason });
  });
  const streamTime = "Highest event time that an input has come to; its age is time() less this.";
  const atInput = { name: "squall_input_stream_time_timestamp_seconds", help: streamTime, labels };
  gauge(
    atInput,
    each(({ streamTimeMs }) => [[seconds(streamTimeMs)]]),
  );
  gauge(
    { name: "squall_input_open", help: "Files or connections of an input that are open now.", labels },
    each(({ open }) => [[open]]),
  );
  const well = "0: an input is not there, cannot be read, or none of its lines is understood.";
  gauge({ name: "squall_inputs_well", help: well }, (sample) => sample(areInputsWell() ? 1 : 0));
  const reader = "What the reader of an input counts: bytes, rotations, connections, stamps set right and so on.";
  counter(
    { name: "squall_input_events_total", help: reader, labels: ["input", "event"] },
    each((input) => counted(input.reader, "event")),
  );
  const lost = "Messages that never became lines, by reason.";
  counter(
    { name: "squall_input_lost_total", help: lost, labels: ["input", "reason"] },
    each((input) => counted(input.lost, "reason")),
  );
}

function counted(counts: Readonly<Record<string, number>>, label: string): (readonly [number, object])[] {
  return Object.entries(counts)
    .slice(0, READER_COUNTERS_MAX)
    .map(([name, count]) => [count, { [label]: kebab(name) }] as const);
}

function addStateMetrics({ counter, gauge, histogram }: Metrics, { stateLog, flushTime }: StandaloneCounts): void {
  const flushes = "Flushes of output, state and position, written whole or not at all.";
  counter({ name: "squall_state_flushes_total", help: flushes }, (sample) => sample(stateLog()?.flushes));
  const time = "How long a flush took until no kill could undo it.";
  histogram({ name: "squall_state_flush_seconds", help: time }, (tell) => tell(flushTime));
  const written = "Bytes written: flushed, or copied to keep the log short.";
  counter({ name: "squall_state_written_bytes_total", help: written, labels: ["why"] }, (sample) => {
    sample(stateLog()?.flushedBytes, { why: "flushed" });
    sample(stateLog()?.copiedBytes, { why: "copied" });
  });
  const refused = "Flushes that found no room on the disk; they are made again.";
  counter({ name: "squall_state_flushes_refused_total", help: refused }, (sample) =>
    sample(stateLog()?.refusedForRoom),
  );
  counter({ name: "squall_state_syncs_total", help: "Times that the disk was told to write." }, (sample) =>
    sample(stateLog()?.syncs),
  );
  const torn = "Bytes of a torn end that were cut off when the state was opened.";
  counter({ name: "squall_state_cut_off_bytes_total", help: torn }, (sample) => sample(stateLog()?.cutOffBytes));
  gauge(
    { name: "squall_state_log_bytes", help: "Size of the state on disk, and what of it counts.", labels: ["part"] },
    (sample) => {
      sample(stateLog()?.bytes, { part: "all" });
      sample(stateLog()?.liveBytes, { part: "live" });
    },
  );
  gauge({ name: "squall_state_keys", help: "Entries that the state holds." }, (sample) => sample(stateLog()?.keys));
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

/** `bytesRead` -> `bytes-read`: as reasons are written. */
function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
