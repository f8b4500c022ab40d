// Is squall there, and does it get on?

import type { AlertText } from "./alert-text.ts";
import type { MixinConfig } from "./mixin-config.ts";
import { anyOf, because, ofService, processLabels, series } from "./promql.ts";

/** Without any of them no alert comes. The recorder and the console may be left out of an installation. */
const NEEDED = ["ingest", "assembler", "detector", "alerter"] as const;

export function processAlerts(config: MixinConfig): readonly AlertText[] {
  return [down(config), restarting(config), noProgress(config)];
}

function down(config: MixinConfig): AlertText {
  const by = config.installationLabels.join(", ");
  const any = series(config, "squall_build_info", `service=~"${NEEDED.join("|")}"`);
  const missing = NEEDED.map((service) => {
    const one = series(config, "squall_build_info", `service="${service}"`);
    const isMissing = `group by (${by}) (${any}) unless group by (${by}) (${one})`;
    return because(
      `label_replace(${isMissing}, "service", "${service}", "", "")`,
      "no process of this service is seen",
    );
  });
  return {
    alert: "SquallDown",
    expr: anyOf(
      because(`${series(config, "up")} == 0`, "does not answer Prometheus"),
      because(`absent(${series(config, "up")})`, "Prometheus knows of no squall"),
      ...missing,
    ),
    summary: "squall, or a part of it, is not there.",
    description:
      "squall{{ with $labels.service }} {{ . }}{{ end }}{{ with $labels.instance }} at {{ . }}{{ end }}: {{ $labels.why }}. Until it is back a storm may go unnoticed.",
  };
}

function restarting(config: MixinConfig): AlertText {
  const { restarts } = config.thresholds;
  return {
    alert: "SquallRestarting",
    expr: `changes(${series(config, "process_start_time_seconds")}[30m]) > ${restarts}`,
    summary: "squall is started again and again.",
    description: '{{ $labels.instance }} was started {{ $value | printf "%.0f" }} times within half an hour.',
  };
}

function noProgress(config: MixinConfig): AlertText {
  const at = `on (${processLabels(config)})`;
  const { progressSeconds } = config.thresholds;
  const since = `(time() - ${series(config, "squall_last_progress_timestamp_seconds")} > ${progressSeconds})`;
  const standing = (services: string): string => ofService(config, since, services);
  // One that has no partition stands by.
  const hasWork = `and ${at} ${series(config, "squall_partitions", 'state="running"')} > 0`;
  const watermark = series(config, "squall_watermark_timestamp_seconds");
  const stands = "nothing was read, written or turned over";
  // Once there was a mail its detector says twice a minute, among the alerts, how far it is.
  const hears = `and ${on(config)} group by (${installation(config)}) (${watermark})`;
  return {
    alert: "SquallNoProgress",
    expr: anyOf(
      because(standing("standalone"), stands),
      because(`${standing("ingest|assembler")} ${hasWork}`, stands),
      // Before the first mail of all nothing comes to them.
      because(`${standing("detector")} ${hasWork} and ${at} ${watermark}`, stands),
      because(`${standing("alerter")} ${hasWork} ${hears}`, stands),
      because(
        `${standing("recorder|console")} and ${at} ${hasToRead(config, hears)} unless ${at} ${isPaused(config)}`,
        stands,
      ),
      because(`${series(config, "squall_inputs_well")} == 0`, "an input is missing, unreadable or not understood"),
      because(
        `${series(config, "squall_build_info", 'service=~"ingest|assembler|detector|recorder|alerter|console"')} unless ${at} ${series(config, "squall_rebalances_total")}`,
        "no broker of Kafka has answered since it was started",
      ),
    ),
    summary: "squall runs, and does nothing.",
    description:
      'squall{{ with $labels.service }} {{ . }}{{ end }} at {{ $labels.instance }}: {{ $labels.why }}. {{ if eq $labels.service "recorder" "console" }}What it stores or shows is old; others see storms and tell of them{{ else }}A storm may go unnoticed meanwhile{{ end }}.',
  };
}

/** Records wait for it, or it has the partition of the alerts: one that hangs may not know that anything waits. */
function hasToRead(config: MixinConfig, hears: string): string {
  const lag = (...matchers: readonly string[]): string => series(config, "squall_consumer_lag_records", ...matchers);
  return `(${lag()} > 0 or ${lag('topic=~".+[.]storm-alerts"')} ${hears})`;
}

/** A recorder that holds all that it may waits for InfluxDB: of that SquallSinkBlocked tells. */
function isPaused(config: MixinConfig): string {
  return `(${series(config, "squall_sink_paused")} == 1)`;
}

function installation({ installationLabels }: MixinConfig): string {
  return installationLabels.join(", ");
}

function on(config: MixinConfig): string {
  return `on (${installation(config)})`;
}
