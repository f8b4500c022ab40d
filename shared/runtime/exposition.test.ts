import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { acceptedFormat, expositionText } from "./exposition.ts";
import type { MetricFamily } from "./exposition.ts";

/** The same families in a registry of prom-client, as it writes them itself. */
async function written(format: "text" | "openmetrics"): Promise<{ theirs: string; families: MetricFamily[] }> {
  const registry = new Registry();
  const registers = [registry];
  const counter = new Counter({ name: "a_total", help: 'with \\ and\nnew "line"', labelNames: ["of"], registers });
  counter.inc({ of: 'a "quoted" \\ thing\nand more' }, 3);
  new Gauge({ name: "b_seconds", help: "b", registers }).set(Number.NEGATIVE_INFINITY);
  const histogram = new Histogram({ name: "c_seconds", help: "c", buckets: [0.5, 1], labelNames: ["x"], registers });
  histogram.observe({ x: "y" }, 0.7);
  const families = (await registry.getMetricsAsJSON()).map((family) => ({
    ...family,
    type: String(family.type),
    values: family.values.map((value) => ({ ...value })),
  }));
  const open = new Registry();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  for (const metric of registry.getMetricsAsArray()) open.registerMetric(metric as never);
  return { theirs: await (format === "text" ? registry : open).metrics(), families };
}

test.each(["text", "openmetrics"] as const)(
  "%s is what prom-client writes, blank lines, quotes in help and whole bounds aside",
  async (format) => {
    const { theirs, families } = await written(format);
    const lines = (text: string): string[] =>
      text.split("\n").filter((line) => line !== "" && !line.startsWith("# HELP a"));
    const bounds = format === "text" ? theirs : theirs.replaceAll('le="1"', 'le="1.0"');
    expect(lines(expositionText(families, format))).toEqual(lines(bounds));
    expect(expositionText(families, format)).toContain(
      format === "text" ? '# HELP a_total with \\\\ and\\nnew "line"\n' : '# HELP a with \\\\ and\\nnew \\"line\\"\n',
    );
  },
);

describe("what a scraper accepts", () => {
  const PROMETHEUS =
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
  test.each([
    [undefined, "text"],
    ["", "text"],
    ["*/*", "text"],
    ["text/html", "text"],
    [PROMETHEUS, "openmetrics"],
    ["text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "text"],
    ["application/openmetrics-text", "openmetrics"],
    ["application/openmetrics-text; version=2.0.0", "text"],
    ["application/openmetrics-text;q=0", "text"],
    ["application/openmetrics-text;q=nonsense,text/plain;q=0.1", "text"],
  ])("%s: %s", (accept, format) => {
    expect(acceptedFormat(accept)).toBe(format);
  });
});
