import { describe, expect, test } from "vitest";
import { HistogramCounts } from "./histogram-counts.ts";
import { createMetrics } from "./metrics.ts";
import type { Metrics } from "./metrics.ts";

function empty(): Metrics {
  return createMetrics({ service: "standalone", version: "1.2.3", nodeVersion: "v24.0.0", ofProcess: false });
}

async function lines(metrics: Metrics): Promise<string[]> {
  return (await metrics.render("text")).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

const BUILD = 'squall_build_info{service="standalone",version="1.2.3",node="v24.0.0"} 1';

describe("what parts count is read when it is scraped", () => {
  test("counters, with and without labels; a series that is gone is gone", async () => {
    const metrics = empty();
    const counts = { lines: 0, rejected: new Map([["bad-stamp", 2]]) };
    metrics.counter({ name: "squall_lines_total", help: "Lines." }, (sample) => sample(counts.lines));
    metrics.counter({ name: "squall_rejected_total", help: "Rejected.", labels: ["reason"] }, (sample) => {
      for (const [reason, count] of counts.rejected) sample(count, { reason });
    });
    expect(await lines(metrics)).toEqual([
      BUILD,
      "squall_lines_total 0",
      'squall_rejected_total{reason="bad-stamp"} 2',
    ]);
    counts.lines = 7;
    counts.rejected = new Map([["nul-byte", 1]]);
    for (const _ of [1, 2]) {
      expect(await lines(metrics)).toEqual([
        BUILD,
        "squall_lines_total 7",
        'squall_rejected_total{reason="nul-byte"} 1',
      ]);
    }
  });

  test("a gauge without a value is absent, not 0", async () => {
    const metrics = empty();
    let value: number | undefined;
    metrics.gauge({ name: "squall_watermark_timestamp_seconds", help: "Watermark." }, (sample) => sample(value));
    expect(await lines(metrics)).toEqual([BUILD]);
    value = 12.5;
    expect(await lines(metrics)).toEqual([BUILD, "squall_watermark_timestamp_seconds 12.5"]);
    value = Number.NEGATIVE_INFINITY;
    expect(await lines(metrics)).toEqual([BUILD]);
  });

  test("histograms", async () => {
    const metrics = empty();
    const counts = new HistogramCounts([1, 2]);
    metrics.histogram({ name: "squall_x_seconds", help: "X.", labels: ["stage"] }, (tell) =>
      tell(counts, { stage: "read" }),
    );
    for (const value of [1, 1.5, 3, -1, Number.NaN]) counts.observe(value);
    expect(await lines(metrics)).toEqual([
      BUILD,
      'squall_x_seconds_bucket{le="1",stage="read"} 2',
      'squall_x_seconds_bucket{le="2",stage="read"} 3',
      'squall_x_seconds_bucket{le="+Inf",stage="read"} 4',
      'squall_x_seconds_sum{stage="read"} 5.5',
      'squall_x_seconds_count{stage="read"} 4',
    ]);
  });
});

test("both formats, again and again: one scrape in OpenMetrics changes no later one", async () => {
  const metrics = empty();
  metrics.counter({ name: "squall_lines_total", help: "Lines." }, (sample) => sample(3));
  const text = await metrics.render("text");
  const open = await metrics.render("openmetrics");
  expect(text).toContain("# TYPE squall_lines_total counter\nsquall_lines_total 3\n");
  expect(open).toContain("# TYPE squall_lines counter\nsquall_lines_total 3\n");
  expect(open.endsWith("# EOF\n")).toBe(true);
  expect(await metrics.render("text")).toBe(text);
  expect(await metrics.render("openmetrics")).toBe(open);
});

test("of the process: the usual ones, without the gauges that are named like counters", async () => {
  const metrics = createMetrics({ service: "standalone", version: "1", nodeVersion: "v24", ofProcess: true });
  const text = await metrics.render("text");
  expect(text).toContain("# TYPE process_resident_memory_bytes gauge");
  expect(text).toContain("# TYPE nodejs_eventloop_lag_seconds gauge");
  expect(text).not.toMatch(/# TYPE \S+_total gauge/u);
  expect(await metrics.seriesCount()).toBeGreaterThan(30);
});

test("a name twice is a bug", () => {
  const metrics = empty();
  metrics.gauge({ name: "squall_a", help: "A." }, () => undefined);
  expect(() => metrics.gauge({ name: "squall_a", help: "A." }, () => undefined)).toThrow("squall_a");
});
