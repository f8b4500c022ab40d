// A real Prometheus scrapes what the status server says, in OpenMetrics as it asks for by itself, and in the older text.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { Health } from "../../shared/runtime/health.ts";
import { HistogramCounts } from "../../shared/runtime/histogram-counts.ts";
import { createMetrics } from "../../shared/runtime/metrics.ts";
import { openStatusServer } from "../../shared/runtime/status-server.ts";
import { freePort } from "../support/free-port.ts";
import { pollUntil } from "../support/poll.ts";
import { realPart } from "../support/real-part.ts";

const DEADLINE_MS = 30_000;
const AWKWARD = 'a "quoted" \\ path\nwith a break';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

/** Which formats were asked for and given. */
async function openSquall(formats: Set<string>): Promise<number> {
  const metrics = createMetrics({ version: "0.1.0", nodeVersion: process.version, ofProcess: true });
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
  undo.push(() => server.close());
  return server.address.port;
}

async function startPrometheus(program: string, target: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "squall-prometheus-"));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, "prometheus.yml");
  const jobs = [
    { job_name: "squall", scrape_interval: "200ms", static_configs: [{ targets: [`127.0.0.1:${target}`] }] },
  ];
  writeFileSync(config, JSON.stringify({ scrape_configs: jobs }));
  const listen = `127.0.0.1:${await freePort()}`;
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${listen}`];
  const child = spawn(program, args, { stdio: "ignore" });
  undo.push(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return `http://${listen}`;
}

test("every scrape is taken, and the values are those that were counted", async (context) => {
  const program = realPart("prometheus", context);
  const formats = new Set<string>();
  const url = await startPrometheus(program, await openSquall(formats));
  const ask = async (
    query: string,
  ): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`).catch(() => undefined);
    if (answer?.ok !== true) return [];
    const body = (await answer.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return body.data.result;
  };
  const what = "Prometheus to have scraped";
  await pollUntil(async () => (await ask("up == 1")).length === 1, { deadlineMs: DEADLINE_MS, what });
  const [consumed] = await ask("squall_records_consumed_total");
  expect(consumed?.metric["input"]).toBe(AWKWARD);
  expect(consumed?.value[1]).toBe("7");
  const buckets = await ask('squall_event_e2e_latency_seconds_bucket{stage="told"}');
  const counted = Object.fromEntries(buckets.map(({ metric, value }) => [metric["le"] ?? "", value[1]] as const));
  expect(counted).toMatchObject({ "0.25": "1", "0.5": "2", "600.0": "2", "+Inf": "3" });
  expect((await ask("squall_build_info"))[0]?.metric).toMatchObject({ version: "0.1.0", node: process.version });
  expect((await ask("process_resident_memory_bytes")).length).toBe(1);
  expect([...formats]).toEqual(["openmetrics"]);
});
