// Metric families as prom-client hands them out -> the text that Prometheus reads: format 0.0.4, or OpenMetrics 1.0.0.
// Written here because prom-client's own OpenMetrics output renames the counters of its registry for good.

export type ExpositionFormat = "text" | "openmetrics";

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  /** "counter", "gauge", "histogram", "summary". */
  readonly type: string;
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number | undefined>>;
    /** Where it is not the family's: `x_bucket`, `x_sum`, `x_count`. */
    readonly metricName?: string;
  }[];
}

const TOTAL = /_total$/u;

/** The whole answer to one scrape. */
export function expositionText(families: readonly MetricFamily[], format: ExpositionFormat): string {
  const lines: string[] = [];
  for (const { name, help, type, values } of families) {
    const isOpenCounter = format === "openmetrics" && type === "counter";
    const family = isOpenCounter ? name.replace(TOTAL, "") : name;
    lines.push(`# HELP ${family} ${helpText(help, format)}`, `# TYPE ${family} ${type}`);
    for (const { value, labels, metricName } of values) {
      const sample = isOpenCounter ? `${family}_total` : (metricName ?? name);
      lines.push(`${sample}${labelText(labels, format)} ${numberText(value)}`);
    }
  }
  if (format === "openmetrics") lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

/** OpenMetrics where a scraper asks for it by name, else the text that everything reads. */
export function acceptedFormat(accept: string | undefined): ExpositionFormat {
  let best: { format: ExpositionFormat; quality: number } | undefined;
  for (const part of (accept ?? "").slice(0, 1000).split(",")) {
    const [type = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    const format = formatOf(type, parameters);
    const quality = qualityOf(parameters);
    if (format !== undefined && quality > (best?.quality ?? 0)) best = { format, quality };
  }
  return best?.format ?? "text";
}

function formatOf(type: string, parameters: readonly string[]): ExpositionFormat | undefined {
  if (type === "text/plain" || type === "text/*" || type === "*/*") return "text";
  if (type !== "application/openmetrics-text") return undefined;
  const version = parameters.find((parameter) => parameter.startsWith("version="))?.slice("version=".length);
  // 0.0.1 is what it was called before it was 1.0.0.
  return version === undefined || version === "1.0.0" || version === "0.0.1" ? "openmetrics" : undefined;
}

function qualityOf(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = text === undefined ? 1 : Number(text);
  return quality >= 0 && quality <= 1 ? quality : 0;
}

function labelText(labels: MetricFamily["values"][number]["labels"], format: ExpositionFormat): string {
  const texts = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${escaped(labelValue(value, format)).replaceAll('"', '\\"')}"`],
  );
  return texts.length === 0 ? "" : `{${texts.join(",")}}`;
}

/** Bounds of buckets are written as floats in OpenMetrics, "1.0": it refuses any other spelling of a number. */
function labelValue(value: string | number, format: ExpositionFormat): string {
  return format === "openmetrics" && Number.isInteger(value) ? `${value}.0` : String(value);
}

function helpText(help: string, format: ExpositionFormat): string {
  return format === "openmetrics" ? escaped(help).replaceAll('"', '\\"') : escaped(help);
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
