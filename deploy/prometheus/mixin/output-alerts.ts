// Does what squall found out get to where it is to go, is it kept, and is there a storm?

import type { AlertText } from "./alert-text.ts";
import type { MixinConfig } from "./mixin-config.ts";
import { anyOf, because, series } from "./promql.ts";

export function outputAlerts(config: MixinConfig): readonly AlertText[] {
  return [
    sinkBlocked(config),
    notificationsFailing(config),
    stateNearLimit(config),
    stateNotWritten(config),
    stormOpen(config),
    watchdog(),
  ];
}

function sinkBlocked(config: MixinConfig): AlertText {
  const oldest = series(config, "squall_sink_oldest_unwritten_timestamp_seconds");
  const stored = series(config, "squall_sink_points_total");
  return {
    alert: "SquallSinkBlocked",
    // Whoever catches up has old records too, but stores some.
    expr: `time() - ${oldest} > ${config.thresholds.sinkBehindSeconds} and increase(${stored}[5m]) == 0`,
    summary: "Nothing can be stored in InfluxDB.",
    description:
      "{{ $labels.instance }}: the oldest record that is not stored in {{ $labels.sink }} has waited for {{ $value | humanizeDuration }}. Kafka keeps it as long as the topic's retention; alerts go out all the same.",
  };
}

function notificationsFailing(config: MixinConfig): AlertText {
  const oldest = series(config, "squall_notification_oldest_waiting_timestamp_seconds");
  const lost = series(config, "squall_notifications_total", 'outcome="lost"');
  const { notificationWaitsSeconds } = config.thresholds;
  return {
    alert: "SquallNotificationsFailing",
    expr: anyOf(
      because(`time() - ${oldest} > ${notificationWaitsSeconds}`, "a notification waits to be taken"),
      because(`sum without (reason, outcome) (increase(${lost}[1h])) > 0`, "a notification was given up"),
      because(`${series(config, "squall_receiver_disabled")} == 1`, "it answered 410 Gone and is told nothing more"),
    ),
    summary: "A receiver of squall's alerts does not hear them.",
    description: "Receiver {{ $labels.receiver }} of {{ $labels.instance }}: {{ $labels.why }}.",
  };
}

function stateNearLimit(config: MixinConfig): AlertText {
  const fill = series(config, "squall_state_fill_ratio", `kind=~"${config.stateKinds.join("|")}"`);
  return {
    alert: "SquallStateNearLimit",
    expr: `${fill} > ${config.thresholds.stateFillRatio}`,
    summary: "squall is about to forget things for want of room.",
    description:
      "{{ $labels.instance }}: {{ $labels.kind }} are at {{ $value | humanizePercentage }} of their bound. Beyond it the eldest are forgotten early.",
  };
}

function stateNotWritten(config: MixinConfig): AlertText {
  return {
    alert: "SquallStateNotWritten",
    expr: `increase(${series(config, "squall_state_flushes_refused_total")}[5m]) > 0`,
    summary: "squall finds no room on the disk for its state.",
    description:
      "{{ $labels.instance }} cannot write its state directory. It goes on seeing storms and telling of them; a restart would repeat some.",
  };
}

function stormOpen(config: MixinConfig): AlertText {
  return {
    alert: "SquallStormOpen",
    // A restart leaves a gap of seconds, which is no end of the storm.
    expr: `max_over_time(${series(config, "squall_storms_open")}[5m]) > 0`,
    summary: "A reply-all storm is under way.",
    description:
      '{{ $value | printf "%.0f" }} open at {{ $labels.instance }}. Which list, why and what to do stand in squall\'s own alert and on its live page.',
  };
}

function watchdog(): AlertText {
  return {
    alert: "SquallWatchdog",
    expr: "vector(1)",
    summary: "Prometheus evaluates squall's rules, and Alertmanager hears of it.",
    description: "This alert always fires. Whoever receives it raises the alarm when it stays out.",
  };
}
