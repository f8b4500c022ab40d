// A real Prometheus scrapes what the status server says, in OpenMetrics as it asks for by itself, and in the older text.

import { expect, test } from "vitest";

import { Health } from "../../shared/runtime/health.ts";
import { HistogramCounts } from "../../shared/runtime/histogram-counts.ts";
import { createMetrics } from "../../shared/runtime/metrics.ts";
import { openStatusServer } from "../../shared/runtime/status-server.ts";
import { closersAfterEach } from "../support/closers.ts";
import { pollUntil } from "../support/poll.ts";
import { realPart } from "../support/real-part.ts";
import { startRealPrometheus } from "../support/real-prometheus.ts";

const DEADLINE_MS = 30_000;
const AWKWARD = 'a "quoted" \\ path\nwith a break';

const closers = closersAfterEach();

/** Which formats were asked for and given. */
async function openSquall(formats: Set<string>): Promise<number> {
  const metrics = createMetrics({
    service: "standalone",
    version: "0.1.0",
    nodeVersion: process.version,
    ofProcess: true,
  });
  const latency = new HistogramCounts();
  for (const seconds of [0.2, 0.4, 700]) latency.observe(seconds);
  metrics.counter({ name: "squall_records_consumed_total", help: "Lines read.", labels: ["input"] }, (sample) => {
    sample(7, { input: AWKWARD });
  });
  metrics.histogram({ name: "squall_event_e2e_latency_seconds", help: "Latency.", labels: ["stage"] }, (tell) => {
    tell(latency, { stage: "told" });
  });
  const watched = {
    render: (format: "text" | "openmetrics") => {
      formats.add(format);
      return metrics.render(format);
    },
  };
  const health = new Health({ stuckAfterMs: 1000, conditions: [], nowMs: () => 0 });
  const address = { host: "127.0.0.1", port: 0 };
  const server = await openStatusServer({ address, metrics: watched, health, mend: "" });
  closers.push(() => server.close());
  return server.address.port;
}

test("every scrape is taken, and the values are those that were counted", async (context) => {
  const program = realPart("prometheus", context);
  const formats = new Set<string>();
  const jobs = { squall: [`127.0.0.1:${await openSquall(formats)}`] };
  const { query, stop } = await startRealPrometheus(program, { jobs });
  closers.push(stop);
  const what = "Prometheus to have scraped";
  await pollUntil(async () => (await query("up == 1")).length === 1, { deadlineMs: DEADLINE_MS, what });
  const [consumed] = await query("squall_records_consumed_total");
  expect(consumed).toMatchObject({ labels: { input: AWKWARD }, value: 7 });
  const buckets = await query('squall_event_e2e_latency_seconds_bucket{stage="told"}');
  const counted = Object.fromEntries(buckets.map(({ labels, value }) => [labels["le"] ?? "", value] as const));
  expect(counted).toMatchObject({ "0.25": 1, "0.5": 2, "600.0": 2, "+Inf": 3 });
  expect((await query("squall_build_info"))[0]?.labels).toMatchObject({ version: "0.1.0", node: process.version });
  expect((await query("process_resident_memory_bytes")).length).toBe(1);
  expect([...formats]).toEqual(["openmetrics"]);
});
