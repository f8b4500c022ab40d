// Rules that alerts and dashboards share: what is dear to work out, or must be worked out alike. `level:metric:operation`.

import type { MixinConfig } from "./mixin-config.ts";
import { anyOf, ofService, series } from "./promql.ts";

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** Mistakes of an operator's word, which are answered to the operator. */
const OPERATORS_WORDS = 'reason!~"bad-silence|no-such-silence"';

export function recordingRules(config: MixinConfig): readonly RecordingRule[] {
  const installation = config.installationLabels;
  const by = (...labels: readonly string[]): string => [...installation, ...labels].join(", ");
  const lines = series(config, "squall_records_consumed_total", 'input!=""');
  const rejected = series(config, "squall_records_rejected_total", OPERATORS_WORDS);
  const lag = ofService(config, series(config, "squall_consumer_lag_records"), ".+");
  const buckets = (name: string): string => `rate(${series(config, `${name}_bucket`)}[5m])`;
  return [
    {
      record: "instance:squall_lines:rate15m",
      expr: anyOf(
        `sum without (input) (rate(${lines}[15m]))`,
        `rate(${series(config, "squall_lines_read_total")}[15m])`,
      ),
    },
    {
      record: "instance:squall_lines_rejected:rate15m",
      expr: `sum without (reason) (rate(${rejected}[15m]))`,
    },
    {
      record: "instance:squall_lines_rejected:ratio_rate15m",
      expr: "instance:squall_lines_rejected:rate15m / (instance:squall_lines:rate15m > 0)",
    },
    {
      record: "topic:squall_consumer_lag_records:sum",
      expr: `sum by (${by("service", "topic")}) (${lag})`,
    },
    {
      record: "partition:squall_watermark_behind_seconds:max",
      expr: `max by (${by("job", "partition")}) (time() - ${series(config, "squall_watermark_timestamp_seconds")})`,
    },
    {
      record: "stage:squall_event_e2e_latency_seconds:p99_rate5m",
      expr: `histogram_quantile(0.99, sum by (${by("stage", "le")}) (${buckets("squall_event_e2e_latency_seconds")}))`,
    },
    {
      record: "job:squall_notification_latency_seconds:p99_rate5m",
      expr: `histogram_quantile(0.99, sum by (${by("job", "le")}) (${buckets("squall_notification_latency_seconds")}))`,
    },
  ];
}
