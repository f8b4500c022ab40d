// How long does it take, from a line to whoever is told?

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { graphOf, quantileBy } from "./promql-panels.ts";

const WIDTH = 8;

export function latencyRow(): readonly Builder<Panel>[] {
  return [
    graphOf(halfAndMost("stage", "squall_event_e2e_latency_seconds"), {
      title: "From a line's time to a stage",
      description:
        "read: until the line was read. decided, flushed: until an alert was decided, and until no kill could undo it; only where alerts are.",
      width: WIDTH,
      unit: "s",
      noValue: "nothing was read",
    }),
    graphOf(halfAndMost("job", "squall_notification_latency_seconds"), {
      title: "From the decision to the receiver",
      description: "Until a receiver took the alert. There are lines where alerts are told, and for minutes only.",
      width: WIDTH,
      unit: "s",
      noValue: "nothing was told",
    }),
    graphOf(halfAndMost("instance", "squall_state_flush_seconds"), {
      title: "How long a flush takes",
      description:
        "Output, state and position, written whole or not at all: an append to the disk of a standalone, a transaction of a service.",
      width: WIDTH,
      unit: "s",
      noValue: "nothing is flushed",
    }),
  ];
}

function halfAndMost(label: string, histogram: string): Readonly<Record<string, string>> {
  return {
    [`{{${label}}} 50 %`]: quantileBy(label, 0.5, histogram),
    [`{{${label}}} 99 %`]: quantileBy(label, 0.99, histogram),
  };
}
