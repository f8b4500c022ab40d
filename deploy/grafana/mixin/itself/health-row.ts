// Is squall well? What the rules judge, in one line, and who is there.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { processLabels } from "../../../prometheus/mixin/promql.ts";
import { ifAtLeast, ifNothing, inUnit, shownAs, table, wide } from "../panels.ts";
import { chosen, of, PROMETHEUS, rowsNow, tileOf } from "./promql-panels.ts";

const { thresholds } = chosen;
const TROUBLES = 'alertname=~"Squall.*",alertname!="SquallWatchdog"';

/** Green up to what a rule calls too much. */
const upTo = (tooMuch: number) => [
  { value: null, color: "green" },
  { value: tooMuch, color: "red" },
];

export function healthRow(): readonly Builder<Panel>[] {
  return [...isItThere(), ...doesItKeepUp(), processes(), alerts()];
}

function isItThere(): readonly Builder<Panel>[] {
  return [
    tileOf(`sum(1 - ${of("up")})`, {
      title: "Processes that do not answer",
      description: "Targets of the jobs chosen that Prometheus cannot scrape.",
      width: 4,
      steps: upTo(1),
      mappings: [ifNothing("no squall seen", "red")],
      noValue: "no squall seen",
    }),
    tileOf(`count(ALERTS{${TROUBLES},alertstate="firing"}) or 0 * count(ALERTS{alertname="SquallWatchdog"})`, {
      title: "Alerts firing",
      description:
        "Of the rules of squall-rules.yml, whatever job is chosen; the Watchdog, which always fires, is not counted. A storm is one of them. “no rules”: this Prometheus has not loaded them, or not for a minute yet.",
      width: 4,
      steps: upTo(1),
      mappings: [ifNothing("no rules", "orange")],
      noValue: "no rules",
    }),
    tileOf(`sum(${of("squall_storms_open")})`, {
      title: "Storms open",
      description: "Which, and what to do: squall's own alert, its live page and the dashboard “Storms” say.",
      width: 4,
      mappings: [ifAtLeast(1, "STORM", "red"), ifNothing("no detector seen", "orange")],
      steps: upTo(1),
      noValue: "no detector seen",
    }),
  ];
}

function doesItKeepUp(): readonly Builder<Panel>[] {
  return [
    tileOf(`max(partition:squall_watermark_behind_seconds:max{job=~"$job"})`, {
      title: "Behind the clock",
      description:
        "How far the time by which windows close and storms end lies behind the clock, of the partition furthest behind. Half a minute is usual. Red where SquallWatermarkStalled would judge.",
      width: 4,
      unit: "s",
      decimals: 0,
      steps: upTo(thresholds.watermarkBehindSeconds),
      mappings: [ifNothing("no mail yet", "text")],
      noValue: "no mail yet",
    }),
    tileOf(`sum(${of("squall_consumer_lag_records")})`, {
      title: "Records not read yet",
      description: "In all topics, of all services. A standalone has no Kafka and none of these.",
      width: 4,
      unit: "locale",
      steps: upTo(thresholds.lagRecords),
      mappings: [ifNothing("no services", "text")],
      noValue: "no services",
    }),
    tileOf(`max(instance:squall_lines_rejected:ratio_rate15m{job=~"$job"})`, {
      title: "Lines not taken",
      description:
        "Of the lines read within 15 minutes, of the process of which it is the most. Red where SquallRecordsRejected would judge.",
      width: 4,
      unit: "percentunit",
      decimals: 1,
      steps: upTo(thresholds.rejectedRatio),
      mappings: [ifNothing("no lines", "text")],
      noValue: "no lines",
    }),
  ];
}

function processes(): Builder<Panel> {
  const uptime = `(time() - ${of("process_start_time_seconds")})`;
  const info = of("squall_build_info");
  return table({
    title: "Processes",
    description: "What runs, and since when.",
    datasource: PROMETHEUS,
    targets: [rowsNow(`${uptime} * on (${processLabels(chosen)}) group_left (service, version, node) ${info}`)],
    width: 12,
    height: 7,
    noValue: "no squall seen",
    without: ["Time"],
    columns: { Value: [shownAs("runs for"), inUnit("dtdurations")], service: [wide(110)], version: [wide(90)] },
  });
}

function alerts(): Builder<Panel> {
  return table({
    title: "Alerts pending or firing",
    description: "Of the rules of squall-rules.yml. Each has a page that says what to do: docs/runbooks.",
    datasource: PROMETHEUS,
    targets: [rowsNow(`ALERTS{${TROUBLES}}`)],
    width: 12,
    height: 7,
    noValue: "none",
    without: ["Time", "Value", "__name__"],
    columns: { alertname: [shownAs("alert"), wide(200)], alertstate: [shownAs("state"), wide(80)] },
  });
}
