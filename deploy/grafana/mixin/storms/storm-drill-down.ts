// One list, one thread, and all mail: rows that are opened when they are wanted.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type Panel, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { IN_TIME, INFLUXDB, OF_LISTS, OF_SITES, OF_THREADS, perMinute, rows } from "../influxql.ts";
import { inUnit, table } from "../panels.ts";
import { minuteGraph } from "./minute-graph.ts";
import { toList } from "./storm-links.ts";

interface Subject {
  readonly name: "list" | "thread";
  readonly from: "squall_lists" | "squall_threads";
  readonly where: readonly string[];
  readonly width: number;
}

const LIST: Subject = { name: "list", from: "squall_lists", where: [OF_SITES, OF_LISTS], width: 8 };
const THREAD: Subject = { name: "thread", from: "squall_threads", where: [OF_SITES, OF_THREADS], width: 8 };

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

function answers({ name, ...of }: Subject): Builder<Panel> {
  return minuteGraph({
    title: `Reply-alls and people a minute, of the ${name}`,
    description: `Of all together where “All” is chosen. People are those of each minute: who writes in two minutes counts in both.`,
    ...of,
    series: [
      { select: perMinute("reply_alls", "reply-alls"), alias: "reply-alls" },
      { select: perMinute("distinct_repliers", "people"), alias: "people" },
      { select: perMinute("automatic", "by machines"), alias: "by machines" },
    ],
    noValue: "nothing in this time",
  });
}

function deliveries({ name, ...of }: Subject): Builder<Panel> {
  return minuteGraph({
    title: `Deliveries and recipients a minute, of the ${name}`,
    description:
      "Recipients of the mails of a minute, and what was delivered in it: where deliveries stay behind, queues grow.",
    ...of,
    series: [
      { select: perMinute("deliveries", "deliveries"), alias: "deliveries" },
      { select: perMinute("recipients", "recipients"), alias: "recipients" },
    ],
    noValue: "nothing in this time",
  });
}

function evidence({ name, ...of }: Subject): Builder<Panel> {
  return minuteGraph({
    title: `Evidence and reach, of the ${name}`,
    description: "The highest score, and how many people a mail reaches (right).",
    ...of,
    series: [
      { select: 'max("score") AS "score"', alias: "evidence" },
      { select: 'max("audience") AS "audience"', alias: "reach" },
    ],
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
  return trafficOf("messages", "Messages a minute", "All messages, large and small, by site.");
}

function machines(): Builder<Panel> {
  const description = "Absence notes and their like, by site. They are never counted as reply-alls.";
  return trafficOf("automatic", "Mails by machines a minute", description);
}

function trafficOf(field: string, title: string, description: string): Builder<Panel> {
  return minuteGraph({
    title,
    description,
    from: "squall_traffic",
    where: [OF_SITES],
    by: ["site"],
    series: [{ select: perMinute(field, field), alias: "$tag_site" }],
    width: 12,
    noValue: "no mail in this time",
  });
}
