// What parts count -> metrics that Prometheus reads. The only importer of prom-client. Nothing is counted here: a metric is read
// from its part when it is scraped, so that counting stays an addition to a plain number.

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ExpositionFormat } from "./exposition.ts";
import { expositionText } from "./exposition.ts";
import type { HistogramCounts } from "./histogram-counts.ts";

export type Labels = Readonly<Record<string, string>>;

export interface MetricSpec {
  /** `squall_…`: base unit last (`_seconds`, `_bytes`), counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  /** Bounded sets only: never an address, a subject or a thread. */
  readonly labels?: readonly string[];
}

/** Tells the value of one series; what is no finite number is left out. */
export type Sample = (value: number | undefined, labels?: Labels) => void;
export type ReadSamples = (sample: Sample) => void;
export type ReadHistograms = (histogram: (counts: HistogramCounts, labels?: Labels) => void) => void;

export interface Metrics {
  /** `read` is called at every scrape and tells all series of the metric. */
  readonly counter: (spec: MetricSpec, read: ReadSamples) => void;
  readonly gauge: (spec: MetricSpec, read: ReadSamples) => void;
  readonly histogram: (spec: MetricSpec, read: ReadHistograms) => void;
  /** The answer to one scrape. */
  readonly render: (format: ExpositionFormat) => Promise<string>;
  /** Series that a scrape would have now. */
  readonly seriesCount: () => Promise<number>;
}

export interface MetricsOptions {
  /** What runs, of what version; stands in squall_build_info. */
  readonly service: string;
  readonly version: string;
  readonly nodeVersion: string;
  /** `process_*` and `nodejs_*` too. */
  readonly ofProcess: boolean;
}

/** prom-client calls them _total though they are gauges: Prometheus' own linter objects, and OpenMetrics reserves the ending. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];
/** How often the delay of the event loop is measured, ms: prom-client's 10 ms would wake an idle process 100 times a second. */
const LOOP_DELAY_EVERY_MS = 50;

export function createMetrics({ service, version, nodeVersion, ofProcess }: MetricsOptions): Metrics {
  const registry = new Registry();
  if (ofProcess) {
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_DELAY_EVERY_MS });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }
  const metrics: Metrics = {
    counter(spec, read) {
      const counter: Counter = new Counter({ ...config(spec, registry), collect: () => tell(counter, spec, read) });
    },
    gauge(spec, read) {
      const gauge: Gauge = new Gauge({ ...config(spec, registry), collect: () => tell(gauge, spec, read) });
    },
    histogram(spec, read) {
      registry.registerMetric(new ReadHistogram({ ...config(spec, registry), registers: [] }, read));
    },
    render: async (format) => expositionText(await families(registry), format),
    async seriesCount() {
      return (await registry.getMetricsAsJSON()).reduce((sum, { values }) => sum + values.length, 0);
    },
  };
  const build = { name: "squall_build_info", help: "Always 1; what runs.", labels: ["service", "version", "node"] };
  metrics.gauge(build, (sample) => sample(1, { service, version, node: nodeVersion }));
  return metrics;
}

function config({ name, help, labels = [] }: MetricSpec, registry: Registry) {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

function tell(metric: Counter | Gauge, { labels: names = [] }: MetricSpec, read: ReadSamples): void {
  metric.reset();
  // A gauge without labels is 0 after its reset; one that has no value now must not be shown as 0.
  if (names.length === 0 && metric instanceof Gauge) metric.remove();
  read((value, labels = {}) => {
    if (value !== undefined && Number.isFinite(value)) metric.inc(labels, value);
  });
}

async function families(registry: Registry) {
  const all = await registry.getMetricsAsJSON();
  return all.map(({ name, help, type, values }) => ({ name, help, type: String(type), values }));
}

/** A histogram that is counted elsewhere. */
class ReadHistogram extends Histogram {
  private readonly read: ReadHistograms;
  private readonly metricName: string;

  constructor(configuration: ConstructorParameters<typeof Histogram>[0], read: ReadHistograms) {
    super(configuration);
    this.read = read;
    this.metricName = configuration.name;
  }

  override async get() {
    const family = await super.get();
    const values: (typeof family)["values"] = [];
    const { metricName: name } = this;
    this.read(({ bounds, counts, sum, count }, labels = {}) => {
      let below = 0;
      for (const [bucket, bound] of bounds.entries()) {
        below += counts[bucket] ?? 0;
        values.push({ metricName: `${name}_bucket`, value: below, labels: { le: bound, ...labels } });
      }
      values.push({ metricName: `${name}_bucket`, value: count, labels: { le: "+Inf", ...labels } });
      values.push({ metricName: `${name}_sum`, value: sum, labels: { ...labels } });
      values.push({ metricName: `${name}_count`, value: count, labels: { ...labels } });
    });
    return { ...family, values };
  }
}
