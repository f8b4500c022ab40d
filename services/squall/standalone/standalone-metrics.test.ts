import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../test/e2e/squall-process.ts";
import { realPart } from "../../../test/support/real-part.ts";
import { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { createMetrics } from "../../../shared/runtime/metrics.ts";
import { defaultDetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { Assembler } from "../../assembler/assembler.ts";
import { defaultAssemblerSettings } from "../../assembler/assembler-settings.ts";
import { createDetectorState } from "../../detector/detector.ts";
import { detectorTotals } from "../../detector/detector-totals.ts";
import { REJECTION_REASONS } from "../../ingest/rejection.ts";
import type { InputCounts, ReceiverCounts, StandaloneCounts } from "./standalone-counts.ts";
import { addStandaloneMetrics } from "./standalone-metrics.ts";

const NOW = Date.UTC(2026, 10, 26, 12);
/** What the configuration allows. */
const INPUTS_MAX = 32;
const RECEIVERS_MAX = 18;

function counts(change: Partial<StandaloneCounts> = {}): StandaloneCounts {
  const people = { name: (address: string): string => address, allowSubject: false };
  const assembler = new Assembler(defaultAssemblerSettings, { site: "site", people, hostNames: [] });
  const detector = createDetectorState(defaultDetectorSettings, { advise: () => [] });
  const latency = (): HistogramCounts => new HistogramCounts();
  return {
    inputs: () => [],
    assembler: () => assembler.counters,
    openMails: () => assembler.openMails,
    detector: () => detector.counters,
    totals: () => detectorTotals(detector),
    watermarkMs: () => Number.NEGATIVE_INFINITY,
    lastProgressMs: () => NOW,
    receivers: () => [],
    silences: () => 0,
    stateLog: () => undefined,
    heartbeat: () => undefined,
    reloads: () => ({ done: 0, refused: 0 }),
    lateness: latency(),
    latency: { read: latency(), decided: latency(), flushed: latency() },
    notificationLatency: latency(),
    flushTime: latency(),
    ...change,
  };
}

function input(name: string, change: Partial<InputCounts> = {}): InputCounts {
  const ingest = { lines: 10, used: 7, other: 2, rejected: new Map([["bad-stamp" as const, 1]]) };
  return { name, ingest, streamTimeMs: NOW - 1500, open: 1, reader: {}, lost: {}, ...change };
}

function receiver(name: string, change: Partial<ReceiverCounts> = {}): ReceiverCounts {
  const none = new Map<string, number>();
  const at = { waiting: 0, oldestSinceMs: undefined, isDisabled: false };
  return { name, delivered: 0, failed: none, lost: none, unheard: none, ...at, ...change };
}

function metricsOf(change: Partial<StandaloneCounts>, ofProcess = false): Metrics {
  const metrics = createMetrics({ version: "0.1.0", nodeVersion: "v24.0.0", ofProcess });
  addStandaloneMetrics(metrics, counts(change));
  return metrics;
}

async function lines(change: Partial<StandaloneCounts>, names: RegExp): Promise<string[]> {
  const text = await metricsOf(change).render("text");
  return text.split("\n").filter((line) => !line.startsWith("#") && names.test(line));
}

/** As much as can be configured and counted. */
function everything(): Partial<StandaloneCounts> {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`counterNumber${index}`, index]));
  const all = new Map(REJECTION_REASONS.map((reason) => [reason, 3]));
  const reasons = (count: number): Map<string, number> =>
    new Map(Array.from({ length: count }, (_, index) => [`reason-${index}`, 1]));
  const every = { failed: reasons(14), lost: reasons(4), unheard: reasons(5), waiting: 3, oldestSinceMs: NOW };
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
    watermarkMs: () => NOW,
  };
}

test("inputs: lines, reasons, how far, and what their readers count", async () => {
  const reader = { bytesRead: 12, rotations: 1 };
  const inputs = (): InputCounts[] => [
    input("/var/log/mail.log", { reader, lost: { "queue-full": 2 } }),
    input(`syslog ${"x".repeat(500)}`, { streamTimeMs: Number.NEGATIVE_INFINITY }),
  ];
  expect(await lines({ inputs }, /records_rejected|mail\.log/u)).toEqual([
    'squall_records_consumed_total{input="/var/log/mail.log"} 10',
    'squall_records_used_total{input="/var/log/mail.log"} 7',
    'squall_records_rejected_total{reason="bad-stamp"} 2',
    `squall_input_stream_time_timestamp_seconds{input="/var/log/mail.log"} ${(NOW - 1500) / 1000}`,
    'squall_input_open{input="/var/log/mail.log"} 1',
    'squall_input_events_total{input="/var/log/mail.log",event="bytes-read"} 12',
    'squall_input_events_total{input="/var/log/mail.log",event="rotations"} 1',
    'squall_input_lost_total{input="/var/log/mail.log",reason="queue-full"} 2',
  ]);
  const ofSyslog = await lines({ inputs }, /syslog/u);
  expect(ofSyslog).toHaveLength(3);
  expect(Math.max(...ofSyslog.map((line) => line.length))).toBeLessThan(180);
});

test("receivers: what became of notifications, by reasons that came", async () => {
  const failed = new Map([
    ["timeout", 2],
    ["tls", 0],
  ]);
  const receivers = (): ReceiverCounts[] => [
    receiver("oncall", { delivered: 5, failed, waiting: 1, oldestSinceMs: NOW, isDisabled: true }),
    receiver("chat"),
  ];
  expect(await lines({ receivers }, /receiver=/u)).toEqual([
    'squall_notifications_total{receiver="oncall",outcome="delivered",reason=""} 5',
    'squall_notifications_total{receiver="oncall",outcome="failed",reason="timeout"} 2',
    'squall_notifications_total{receiver="chat",outcome="delivered",reason=""} 0',
    'squall_notifications_waiting{receiver="oncall"} 1',
    'squall_notifications_waiting{receiver="chat"} 0',
    `squall_notification_oldest_waiting_timestamp_seconds{receiver="oncall"} ${NOW / 1000}`,
    'squall_receiver_disabled{receiver="oncall"} 1',
    'squall_receiver_disabled{receiver="chat"} 0',
  ]);
});

test("what was late, dropped and forgotten: every counter of assembler and detector is in one metric or another", async () => {
  const detector = counts().detector();
  const numbered = Object.fromEntries(Object.keys(detector).map((name, index) => [name, 1000 + index]));
  const change = { detector: () => ({ ...detector, ...numbered }) };
  const text = await metricsOf(change).render("text");
  // Forgetting in good time is what every run does.
  const untold = Object.entries(numbered).filter(
    ([name, count]) => name !== "messagesForgotten" && !text.includes(` ${count}\n`),
  );
  expect(untold).toEqual([]);
  expect(await lines(change, /late_events/u)).toEqual([
    `squall_late_events_total{action="admitted"} ${numbered["windowsLate"]}`,
    `squall_late_events_total{action="dropped"} ${numbered["eventsExpired"]}`,
  ]);
});

test("latency by stage", async () => {
  const own = counts();
  own.latency.flushed.observe(0.3);
  const told = await lines(own, /e2e_latency.*flushed/u);
  expect(told.at(0)).toBe('squall_event_e2e_latency_seconds_bucket{le="0.05",stage="flushed"} 0');
  expect(told).toContain('squall_event_e2e_latency_seconds_bucket{le="0.5",stage="flushed"} 1');
  expect(told).toContain('squall_event_e2e_latency_seconds_bucket{le="600",stage="flushed"} 1');
});

test("fewer than 2,000 series, whatever is configured and whatever happens", async () => {
  const series = await metricsOf(everything(), true).seriesCount();
  expect(series).toBeGreaterThan(1000);
  expect(series).toBeLessThan(2000);
});

test("docs/standalone.md names every metric, and none that is not there", async () => {
  const text = await metricsOf(everything()).render("text");
  const there = Array.from(text.matchAll(/^# TYPE (\S+)/gmu), ([, name]) => name ?? "");
  const page = readFileSync(join(ROOT, "docs/standalone.md"), "utf8");
  const named = Array.from(page.matchAll(/`(squall_[a-z0-9_]+)`/gu), ([, name]) => name ?? "");
  expect([...new Set(named)].toSorted()).toEqual(there.toSorted());
});

test("promtool has nothing to say against any metric", async (context) => {
  const promtool = realPart("promtool", context);
  const text = await metricsOf(everything(), true).render("text");
  const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], { input: text, encoding: "utf8" });
  expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: "" });
});
