// Does it keep up? Lines, lag, the time by which windows close, what is late and what is not taken.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { ofService } from "../../../prometheus/mixin/promql.ts";
import { ageOf, chosen, graphOf, of, quantileBy, rateBy } from "./promql-panels.ts";

const WIDTH = 8;
const NO_SERVICES = "no services on Kafka";

export function readingRow(): readonly Builder<Panel>[] {
  return [linesRead(), lag(), progress(), ...eventTime(), rejections()];
}

function linesRead(): Builder<Panel> {
  return graphOf(
    {
      "{{instance}}": rateBy("instance", "squall_records_consumed_total", 'input!=""'),
      "{{instance}} ingest": rateBy("instance", "squall_lines_read_total"),
    },
    {
      title: "Lines read a second",
      description: "By process: of a standalone all inputs, of services those of ingest.",
      width: WIDTH,
      unit: "short",
      noValue: "no lines are read",
    },
  );
}

function lag(): Builder<Panel> {
  const byService = ofService(chosen, of("squall_consumer_lag_records"), ".+");
  return graphOf(
    { "{{service}} {{topic}}": `sum by (service, topic) (${byService})` },
    {
      title: "Records not read yet, by service",
      description:
        "How far a service is behind its topic; of the recorder, what is not stored. A hill after an outage is right; one that does not fall is not.",
      width: WIDTH,
      unit: "short",
      noValue: NO_SERVICES,
    },
  );
}

function progress(): Builder<Panel> {
  return graphOf(
    { "{{instance}}": ageOf("squall_last_progress_timestamp_seconds") },
    {
      title: "Since the last progress",
      description:
        "Since a process last read, wrote or turned over. A detector hears something twice a minute; a standalone turns all the time.",
      width: WIDTH,
      unit: "s",
      noValue: "no squall seen",
    },
  );
}

function eventTime(): readonly Builder<Panel>[] {
  return [
    graphOf(
      { "{{job}} {{partition}}": `partition:squall_watermark_behind_seconds:max{job=~"$job"}` },
      {
        title: "Behind the clock, by partition",
        description:
          "How far the time by which windows close and storms end lies behind the clock. A line that rises as the clock goes stands still.",
        width: WIDTH,
        unit: "s",
        noValue: "no mail yet",
      },
    ),
    graphOf(
      { "{{input}}": ageOf("squall_input_stream_time_timestamp_seconds") },
      {
        title: "Age of the newest line, by input",
        description:
          "Of a standalone: how old the newest line of each input is by its own stamp. At night it is the silence.",
        width: WIDTH,
        unit: "s",
        noValue: "no standalone",
      },
    ),
    graphOf(
      {
        "{{job}} 99 %": { expr: quantileBy("job", 0.99, "squall_event_lateness_seconds"), unit: "s" },
        "{{action}} a second": rateBy("action", "squall_late_events_total"),
      },
      {
        title: "Mail that comes late",
        description:
          "How far 99 of 100 mails lay behind the time of their mail system at most, and pieces of mail that came late: admitted ones are still counted, dropped ones are more than two hours late.",
        width: WIDTH,
        unit: "short",
        noValue: "none is late",
      },
    ),
  ];
}

function rejections(): Builder<Panel> {
  return graphOf(
    { "{{instance}} {{reason}}": `${rateBy("instance, reason", "squall_records_rejected_total")} > 0` },
    {
      title: "Not taken a second, by reason",
      description:
        "Lines and records that squall could not use; services put them into the dead letters of their topic. The reasons are explained in docs/runbooks/SquallRecordsRejected.md.",
      width: 24,
      unit: "short",
      noValue: "all are taken",
    },
  );
}
