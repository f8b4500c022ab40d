// Does what is written come through, in time and whole?

import type { AlertText } from "./alert-text.ts";
import type { MixinConfig } from "./mixin-config.ts";
import { anyOf, because, ofService, series } from "./promql.ts";

export function flowAlerts(config: MixinConfig): readonly AlertText[] {
  return [lagGrowing(config), watermarkStalled(config), lateEventsDropped(config), recordsRejected(config)];
}

function lagGrowing({ thresholds: { lagRecords } }: MixinConfig): AlertText {
  const lag = "topic:squall_consumer_lag_records:sum";
  return {
    alert: "SquallLagGrowing",
    expr: `${lag} > ${lagRecords} and deriv(${lag}[15m]) >= 0`,
    summary: "A service of squall falls behind, and does not catch up.",
    description:
      'squall {{ $labels.service }} is {{ $value | printf "%.0f" }} records behind in {{ $labels.topic }}, and the number has not fallen for a quarter of an hour.',
  };
}

function watermarkStalled(config: MixinConfig): AlertText {
  const watermark = series(config, "squall_watermark_timestamp_seconds");
  const { watermarkBehindSeconds } = config.thresholds;
  return {
    alert: "SquallWatermarkStalled",
    // A backlog is behind too, but moves.
    expr: `time() - ${watermark} > ${watermarkBehindSeconds} and delta(${watermark}[10m]) < 60`,
    summary: "The time by which squall ends storms and closes windows stands still.",
    description:
      "{{ $labels.instance }}{{ with $labels.partition }}, partition {{ . }}{{ end }}: event time stands {{ $value | humanizeDuration }} behind the clock. Storms still open; none ends, and windows stay provisional.",
  };
}

function lateEventsDropped(config: MixinConfig): AlertText {
  const dropped = series(config, "squall_late_events_total", 'action="dropped"');
  return {
    alert: "SquallLateEventsDropped",
    expr: `increase(${dropped}[1h]) > ${config.thresholds.lateEvents}`,
    summary: "Log lines come more than two hours late, and are not counted.",
    description:
      '{{ $labels.instance }} dropped {{ $value | printf "%.0f" }} pieces of mail within the hour, since they were more than two hours behind the rest of the log.',
  };
}

function recordsRejected(config: MixinConfig): AlertText {
  const { rejectedRatio, rejectedLines, rejectedRecords } = config.thresholds;
  const ratio = "instance:squall_lines_rejected:ratio_rate15m";
  const perQuarter = "instance:squall_lines_rejected:rate15m * 900";
  const own = ofService(config, `(${perQuarter} > ${rejectedRecords})`, "assembler|detector|recorder|alerter");
  return {
    alert: "SquallRecordsRejected",
    expr: anyOf(
      because(`${ratio} > ${rejectedRatio} and ${perQuarter} > ${rejectedLines}`, "a share of the lines is not taken"),
      // What squall wrote itself can be read by squall: whatever is refused is too much.
      because(own, "records of other services are not taken"),
    ),
    summary: "squall cannot use part of what it reads.",
    description:
      'squall{{ with $labels.service }} {{ . }}{{ end }} at {{ $labels.instance }}: {{ $labels.why }}: {{ if $labels.service }}{{ $value | printf "%.0f" }} within 15 minutes{{ else }}{{ $value | humanizePercentage }}{{ end }}. What is in them is not seen.',
  };
}
