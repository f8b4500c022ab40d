import { expect, test } from "vitest";
import { counts, input, NOW, receiver } from "../../../test/support/standalone-counts.ts";
import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { createMetrics } from "../../../shared/runtime/metrics.ts";
import type { InputCounts, ReceiverCounts, StandaloneCounts } from "./standalone-counts.ts";
import { addStandaloneMetrics } from "./standalone-metrics.ts";

function metricsOf(change: Partial<StandaloneCounts>): Metrics {
  const metrics = createMetrics({ service: "standalone", version: "0.1.0", nodeVersion: "v24.0.0", ofProcess: false });
  addStandaloneMetrics(metrics, counts(change));
  return metrics;
}

async function lines(change: Partial<StandaloneCounts>, names: RegExp): Promise<string[]> {
  const text = await metricsOf(change).render("text");
  return text.split("\n").filter((line) => !line.startsWith("#") && names.test(line));
}

test("inputs: lines, reasons, how far, and what their readers count", async () => {
  const reader = { bytesRead: 12, rotations: 1 };
  const inputs = (): InputCounts[] => [
    input("/var/log/mail.log", { reader, lost: { "queue-full": 2 } }),
    input(`syslog ${"x".repeat(500)}`, { streamTimeMs: Number.NEGATIVE_INFINITY }),
  ];
  expect(await lines({ inputs }, /records_rejected.*bad-stamp|mail\.log/u)).toEqual([
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
    receiver("oncall", {
      delivered: 5,
      failed,
      lost: new Map([["too-old", 0]]),
      waiting: 1,
      oldestSinceMs: NOW,
      isDisabled: true,
    }),
    receiver("chat"),
  ];
  expect(await lines({ receivers }, /receiver=/u)).toEqual([
    'squall_notifications_total{receiver="oncall",outcome="delivered",reason=""} 5',
    'squall_notifications_total{receiver="oncall",outcome="failed",reason="timeout"} 2',
    'squall_notifications_total{receiver="oncall",outcome="lost",reason="too-old"} 0',
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
