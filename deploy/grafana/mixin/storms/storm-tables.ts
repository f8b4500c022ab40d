// Who is being answered most, and the storms of the time that is looked at.

import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { IN_TIME, INFLUXDB, OF_LISTS, OF_SITES, rows } from "../influxql.ts";
import { inUnit, mapped, shownAs, table, type TablePlan, wide, words } from "../panels.ts";
import { toList, toThread } from "./storm-links.ts";
import { ofAllStorms } from "./storm-words.ts";

const TOP = 20;
const NUMBER = inUnit("locale");
/** Of sums it is where the time looked at begins. */
const WITHOUT_TIME = ["Time", "time"];

export function stormTables(): readonly Builder<Panel>[] {
  return [threads(), lists(), allStorms()];
}

/** Sums over the time that is looked at, of everything that has mail in it: Grafana sorts, and shows the first. */
function sumsBy(tag: string, measurement: string, others: readonly string[], more = ""): string {
  const sums =
    'sum("reply_alls") AS "reply-alls", sum("deliveries") AS "deliveries", max("audience") AS "reach", max("score") AS "evidence"';
  return `SELECT ${sums}${more} FROM "${measurement}" WHERE ${[IN_TIME, OF_SITES, ...others].join(" AND ")} GROUP BY "${tag}"`;
}

const MOST_ANSWERED: NonNullable<TablePlan["transformations"]> = [
  { id: "sortBy", options: { fields: {}, sort: [{ field: "reply-alls", desc: true }] } },
  { id: "limit", options: { limitField: TOP } },
];

const SUMS: TablePlan["columns"] = {
  "reply-alls": [NUMBER, wide(100)],
  deliveries: [NUMBER, wide(110)],
  reach: [NUMBER, wide(100)],
  evidence: [shownAs("evidence, highest"), inUnit("short"), wide(140)],
};

function threads(): Builder<Panel> {
  return table({
    title: "Threads being answered",
    description: `The ${TOP} threads answered most, of those that squall ever watched; of others it keeps nothing. A thread stands by a hash of its key. Click one to see it alone, further down.`,
    datasource: INFLUXDB,
    targets: [rows(sumsBy("thread", "squall_threads", [], ', last("list") AS "its list"'))],
    width: 12,
    noValue: "no thread was watched in this time",
    without: WITHOUT_TIME,
    transformations: MOST_ANSWERED,
    columns: { thread: [toThread, wide(160)], "its list": [toList], ...SUMS },
  });
}

function lists(): Builder<Panel> {
  return table({
    title: "Lists being answered",
    description: `The ${TOP} lists answered most. Click one to see it alone, further down.`,
    datasource: INFLUXDB,
    targets: [rows(sumsBy("list", "squall_lists", [OF_LISTS]))],
    width: 12,
    noValue: "no mail to a list in this time",
    without: WITHOUT_TIME,
    transformations: MOST_ANSWERED,
    columns: { list: [toList], ...SUMS },
  });
}

function allStorms(): Builder<Panel> {
  const columns = ["started_ms", "type", "severity", "list", "thread", "audience", "reply_alls", "deliveries", "text"];
  return table({
    title: "Storms of this time",
    description: "Each with squall's last word on it, and when that was.",
    datasource: INFLUXDB,
    targets: [rows(ofAllStorms(...columns))],
    width: 24,
    noValue: "no storm in this time",
    columns: {
      Time: [shownAs("last word"), wide(180)],
      started_ms: [shownAs("began"), inUnit("dateTimeAsIso"), wide(180)],
      type: [shownAs("state"), wide(90), mapped(words(STATES))],
      severity: [wide(90)],
      list: [toList, wide(280)],
      thread: [toThread, wide(160)],
      audience: [shownAs("reach"), NUMBER, wide(100)],
      reply_alls: [shownAs("reply-alls"), NUMBER, wide(100)],
      deliveries: [NUMBER, wide(110)],
      text: [shownAs("what happened")],
    },
  });
}

const STATES = {
  opened: { text: "goes on", color: "red" },
  updated: { text: "goes on", color: "red" },
  resolved: { text: "over", color: "green" },
} as const;
