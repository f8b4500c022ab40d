// What is held, what is let go, who has which partition, and what the processes take of the machine.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { ofService } from "../../../prometheus/mixin/promql.ts";
import { chosen, graphOf, of, rateBy } from "./promql-panels.ts";

const WIDTH = 8;

export function memoryRow(): readonly Builder<Panel>[] {
  const { stateFillRatio } = chosen.thresholds;
  return [
    graphOf(
      { "{{kind}}": `max by (kind) (${of("squall_state_fill_ratio")})` },
      {
        title: "How full, by kind",
        description: `Of its bound, of the process for which it is fullest. Threads, ids, logins and clients are memories, full where a site is large; of the others the rules warn from ${stateFillRatio * 100} % on.`,
        width: WIDTH,
        unit: "percentunit",
        max: 1,
        noValue: "nothing is held",
      },
    ),
    graphOf(
      { "{{reason}}": `${rateBy("reason", "squall_state_evictions_total")} > 0` },
      {
        title: "Forgotten early a second, by reason",
        description: "What was dropped or only summed for want of room. See docs/runbooks/SquallStateNearLimit.md.",
        width: WIDTH,
        unit: "short",
        noValue: "nothing is forgotten early",
      },
    ),
    graphOf(
      {
        "{{instance}} {{part}}": of("squall_state_log_bytes"),
        "{{instance}} flushes refused": {
          expr: `increase(${of("squall_state_flushes_refused_total")}[$__rate_interval]) > 0`,
          unit: "short",
        },
      },
      {
        title: "State directory",
        description:
          "Of a standalone: its size, and what of it counts. Flushes that found no room on the disk stand here too.",
        width: WIDTH,
        unit: "bytes",
        noValue: "no standalone",
      },
    ),
  ];
}

export function membersRow(): readonly Builder<Panel>[] {
  const partitions = ofService(chosen, of("squall_partitions"), ".+");
  return [
    graphOf(
      { "{{service}} {{state}}": `sum by (service, state) (${partitions})` },
      {
        title: "Partitions, by service",
        description:
          "Given to its processes, and those of which the state is read. Where the second stays below the first nothing is done with the rest.",
        width: 12,
        unit: "short",
        noValue: "no services on Kafka",
      },
    ),
    graphOf(
      {
        "{{instance}} rebalances": `increase(${of("squall_rebalances_total")}[$__rate_interval])`,
        "{{instance}} takeovers": `increase(${of("squall_takeovers_total")}[$__rate_interval])`,
      },
      {
        title: "Rebalances and takeovers",
        description:
          "A few with each start or end of a process; one after the other without end means that a process is being lost again and again.",
        width: 12,
        unit: "short",
        noValue: "no services on Kafka",
      },
    ),
  ];
}

export function processRow(): readonly Builder<Panel>[] {
  return [
    graphOf(
      { "{{instance}}": `rate(${of("process_cpu_seconds_total")}[$__rate_interval])` },
      {
        title: "Processor",
        description: "Cores that each process takes.",
        width: WIDTH,
        unit: "short",
        noValue: "no squall seen",
      },
    ),
    graphOf(
      { "{{instance}}": of("process_resident_memory_bytes") },
      {
        title: "Memory",
        description: "Resident, of each process.",
        width: WIDTH,
        unit: "bytes",
        noValue: "no squall seen",
      },
    ),
    graphOf(
      { "{{instance}}": of("nodejs_eventloop_lag_p99_seconds") },
      {
        title: "How late the event loop is",
        description:
          "99 of 100 turns were late by no more. Above some tenths of a second the process is out of breath.",
        width: WIDTH,
        unit: "s",
        noValue: "no squall seen",
      },
    ),
  ];
}
