// What became of notifications, silences and the heartbeat -> metrics, of standalone and of the alerter. Receivers are those of the
// configuration, reasons are closed sets.

import type { Metrics, ReadSamples } from "../../../shared/runtime/metrics.ts";
import type { ReceiverCounts, StandaloneCounts } from "./standalone-counts.ts";

export type TellingCounts = Pick<StandaloneCounts, "receivers" | "silences" | "heartbeat" | "notificationLatency">;

export function addReceiverMetrics({ counter, gauge, histogram }: Metrics, counts: TellingCounts): void {
  const each =
    (read: (receiver: ReceiverCounts) => number | undefined): ReadSamples =>
    (sample) => {
      for (const receiver of counts.receivers()) sample(read(receiver), { receiver: receiver.name });
    };
  const labels = ["receiver"];
  const all =
    "Notifications by what became of them: delivered, failed (a try that is made again), lost, unheard (not to be told).";
  counter({ name: "squall_notifications_total", help: all, labels: ["receiver", "outcome", "reason"] }, (sample) => {
    for (const { name: receiver, delivered, failed, lost, unheard } of counts.receivers()) {
      sample(delivered, { receiver, outcome: "delivered", reason: "" });
      for (const [outcome, reasons] of Object.entries({ failed, lost, unheard })) {
        // A reason that never came is not shown: most never come, and they would be most of all series. What is lost is, from 0 on: of a
        // series that is first seen at 1 Prometheus takes no increase.
        for (const [reason, count] of reasons) {
          if (count > 0 || outcome === "lost") sample(count, { receiver, outcome, reason });
        }
      }
    }
  });
  gauge(
    { name: "squall_notifications_waiting", help: "Deliveries that wait.", labels },
    each(({ waiting }) => waiting),
  );
  const oldest = "When the oldest alert that waits was decided; absent when none waits.";
  const atOldest = { name: "squall_notification_oldest_waiting_timestamp_seconds", help: oldest, labels };
  gauge(
    atOldest,
    each(({ oldestSinceMs }) => (oldestSinceMs === undefined ? undefined : oldestSinceMs / 1000)),
  );
  const disabled = "1 for a receiver that answered 410 Gone: it is told nothing more until a reload.";
  gauge(
    { name: "squall_receiver_disabled", help: disabled, labels },
    each(({ isDisabled }) => (isDisabled ? 1 : 0)),
  );
  const latency = "From the decision until a receiver took the alert.";
  histogram({ name: "squall_notification_latency_seconds", help: latency }, (tell) => tell(counts.notificationLatency));
  const silences = "Threads and lists that are silenced.";
  gauge({ name: "squall_silences", help: silences }, (sample) => sample(counts.silences()));
  const heartbeats = "Calls of the heartbeat's URL; withheld: it was not called since not all was well.";
  counter({ name: "squall_heartbeats_total", help: heartbeats, labels: ["outcome"] }, (sample) => {
    const heartbeat = counts.heartbeat();
    if (heartbeat === undefined) return;
    sample(heartbeat.called, { outcome: "called" });
    sample(heartbeat.failed, { outcome: "failed" });
    sample(heartbeat.withheld, { outcome: "withheld" });
  });
}
