// Does what squall found out get where it is to go: InfluxDB, receivers, whoever waits for the heartbeat?

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { ageOf, graphOf, of, rateBy } from "./promql-panels.ts";

const WIDTH = 8;
const NO_RECORDER = "no recorder";

export function outputRow(): readonly Builder<Panel>[] {
  return [...influx(), ...receivers()];
}

function influx(): readonly Builder<Panel>[] {
  return [
    graphOf(
      { "{{sink}} points": rateBy("sink", "squall_sink_points_total") },
      {
        title: "Points stored a second",
        description: "What the recorder writes: windows, storms and its own lag.",
        width: WIDTH,
        unit: "short",
        noValue: NO_RECORDER,
      },
    ),
    graphOf(
      {
        "{{sink}} {{outcome}} {{reason}}": `${rateBy("sink, outcome, reason", "squall_sink_batches_total")} > 0`,
      },
      {
        title: "Requests to InfluxDB a second, by outcome",
        description: "stored; refused: split, or a dead letter; waited: made again, and why.",
        width: WIDTH,
        unit: "short",
        noValue: NO_RECORDER,
      },
    ),
    graphOf(
      {
        "{{sink}} oldest": { expr: ageOf("squall_sink_oldest_unwritten_timestamp_seconds"), unit: "s" },
        "{{sink}} held": { expr: of("squall_sink_held_bytes"), unit: "bytes" },
        "{{sink}} reading waits": of("squall_sink_paused"),
      },
      {
        title: "What InfluxDB has not taken yet",
        description:
          "Age of the oldest record that is not stored, what is held meanwhile, and whether reading waits (1). While InfluxDB is away Kafka keeps the rest.",
        width: WIDTH,
        unit: "short",
        noValue: NO_RECORDER,
      },
    ),
  ];
}

function receivers(): readonly Builder<Panel>[] {
  return [
    graphOf(
      {
        "{{receiver}} {{outcome}} {{reason}}": `${rateBy("receiver, outcome, reason", "squall_notifications_total")} > 0`,
      },
      {
        title: "Notifications a second, by what became of them",
        description:
          "delivered; failed: a try that is made again; lost: given up; unheard: not to be told (a silence, an end of what was never told).",
        width: WIDTH,
        unit: "short",
        noValue: "nothing was told",
      },
    ),
    graphOf(
      {
        "{{receiver}} waiting": of("squall_notifications_waiting"),
        "{{receiver}} oldest": { expr: ageOf("squall_notification_oldest_waiting_timestamp_seconds"), unit: "s" },
        "{{receiver}} told no more": `${of("squall_receiver_disabled")} > 0`,
      },
      {
        title: "Notifications that wait",
        description: "How many, since when the oldest, and receivers that answered 410 Gone.",
        width: WIDTH,
        unit: "short",
        noValue: "no receivers",
      },
    ),
    graphOf(
      {
        "heartbeat {{outcome}}": `${rateBy("outcome", "squall_heartbeats_total")} * 60`,
        silences: `sum(${of("squall_silences")})`,
      },
      {
        title: "Heartbeats a minute, and silences",
        description:
          "withheld: it was not called, since not all was well. Silences: threads and lists of which nobody is told for a time.",
        width: WIDTH,
        unit: "short",
        noValue: "no heartbeat.url is set",
      },
    ),
  ];
}
