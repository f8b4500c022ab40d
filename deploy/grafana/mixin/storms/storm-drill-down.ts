// One list, one thread, and all mail: rows that are opened when they are wanted.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type Panel, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  IN_TIME,
  INFLUXDB,
  lines,
  MINUTE,
  OF_LISTS,
  OF_SITES,
  OF_THREADS,
  overTime,
  perMinute,
  rows,
} from "../influxql.ts";
import { graph, inUnit, table } from "../panels.ts";
import { toList } from "./storm-links.ts";

interface Subject {
  readonly name: "list" | "thread";
  readonly measurement: "squall_lists" | "squall_threads";
  readonly where: readonly string[];
  readonly width: number;
}

const LIST: Subject = { name: "list", measurement: "squall_lists", where: [OF_SITES, OF_LISTS], width: 8 };
const THREAD: Subject = { name: "thread", measurement: "squall_threads", where: [OF_SITES, OF_THREADS], width: 8 };

export function stormDrillDown(): readonly RowBuilder[] {
  return [
    rowOf("The list chosen above: ${list}", [answers(LIST), deliveries(LIST), evidence(LIST)]),
    rowOf("The thread chosen above: ${thread}", [whichThread(), answers(THREAD), deliveries(THREAD), evidence(THREAD)]),
    rowOf("All mail", [allMail(), machines()]),
  ];
}

function rowOf(title: string, panels: readonly Builder<Panel>[]): RowBuilder {
  const row = new RowBuilder(title).collapsed(true);
  for (const panel of panels) row.withPanel(panel);
  return row;
}

function answers({ name, measurement, where, width }: Subject): Builder<Panel> {
  const of = `of the ${name}`;
  return graph({
    title: `Reply-alls and people a minute, ${of}`,
    description: `Of all together where “All” is chosen. People are those of each minute: who writes in two minutes counts in both.`,
    datasource: INFLUXDB,
    targets: [
      lines(overTime({ select: perMinute("reply_alls", "reply-alls"), from: measurement, where }), {
        alias: "reply-alls",
      }),
      lines(overTime({ select: perMinute("distinct_repliers", "people"), from: measurement, where }), {
        alias: "people",
        refId: "B",
      }),
      lines(overTime({ select: perMinute("automatic", "by machines"), from: measurement, where }), {
        alias: "by machines",
        refId: "C",
      }),
    ],
    width,
    unit: "short",
    interval: MINUTE,
    noValue: "nothing in this time",
  });
}

function deliveries({ name, measurement, where, width }: Subject): Builder<Panel> {
  return graph({
    title: `Deliveries and recipients a minute, of the ${name}`,
    description:
      "Recipients of the mails of a minute, and what was delivered in it: where deliveries stay behind, queues grow.",
    datasource: INFLUXDB,
    targets: [
      lines(overTime({ select: perMinute("deliveries", "deliveries"), from: measurement, where }), {
        alias: "deliveries",
      }),
      lines(overTime({ select: perMinute("recipients", "recipients"), from: measurement, where }), {
        alias: "recipients",
        refId: "B",
      }),
    ],
    width,
    unit: "short",
    interval: MINUTE,
    noValue: "nothing in this time",
  });
}

function evidence({ name, measurement, where, width }: Subject): Builder<Panel> {
  return graph({
    title: `Evidence and reach, of the ${name}`,
    description: "The highest score, and how many people a mail reaches (right).",
    datasource: INFLUXDB,
    targets: [
      lines(overTime({ select: 'max("score") AS "score"', from: measurement, where }), { alias: "evidence" }),
      lines(overTime({ select: 'max("audience") AS "audience"', from: measurement, where }), {
        alias: "reach",
        refId: "B",
      }),
    ],
    width,
    unit: "short",
    interval: MINUTE,
    noValue: "nothing in this time",
  }).overrideByName("reach", [{ id: "custom.axisPlacement", value: "right" }]);
}

function whichThread(): Builder<Panel> {
  const columns =
    'last("thread_key") AS "key", last("list") AS "its list", sum("reply_alls") AS "reply-alls", sum("deliveries") AS "deliveries"';
  const where = [IN_TIME, OF_SITES, OF_THREADS].join(" AND ");
  return table({
    title: "Which thread it is",
    description: "The thread's key is the Message-ID of its first mail: look for it in the mail log.",
    datasource: INFLUXDB,
    targets: [rows(`SELECT ${columns} FROM "squall_threads" WHERE ${where} GROUP BY "site", "thread"`)],
    width: 24,
    height: 5,
    noValue: "no thread was watched in this time",
    without: ["Time", "time"],
    columns: {
      "its list": [toList],
      "reply-alls": [inUnit("locale")],
      deliveries: [inUnit("locale")],
    },
  });
}

function allMail(): Builder<Panel> {
  return graph({
    title: "Messages a minute",
    description: "All messages, large and small, by site.",
    datasource: INFLUXDB,
    targets: [
      lines(
        overTime({
          select: perMinute("messages", "messages"),
          from: "squall_traffic",
          where: [OF_SITES],
          by: ["site"],
        }),
        {
          alias: "$tag_site",
        },
      ),
    ],
    width: 12,
    unit: "short",
    interval: MINUTE,
    noValue: "no mail in this time",
  });
}

function machines(): Builder<Panel> {
  return graph({
    title: "Mails by machines a minute",
    description: "Absence notes and their like, by site. They are never counted as reply-alls.",
    datasource: INFLUXDB,
    targets: [
      lines(
        overTime({
          select: perMinute("automatic", "automatic"),
          from: "squall_traffic",
          where: [OF_SITES],
          by: ["site"],
        }),
        {
          alias: "$tag_site",
        },
      ),
    ],
    width: 12,
    unit: "short",
    interval: MINUTE,
    noValue: "no mail in this time",
  });
}
