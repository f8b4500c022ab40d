// Pieces of InfluxQL that several panels are made of, and a query as Grafana's InfluxDB data source takes it.
//
// Variables stand with their format, as ${site:regex}: without one Grafana leaves a value that begins with a digit as it is, dots and all.
// Of subqueries 1.8 and 2.7 answer two kinds wrongly, without a word: where time is grouped within and again around it, and where within stands
// more than one function (values of others are lost by chance). So a subquery has one function here, and no time; a test looks.

import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";

/** Of the dashboard's variable, whatever it is called in an installation. */
export const INFLUXDB = { type: "influxdb", uid: "${datasource}" } as const;

/** What Grafana writes for the time that is looked at. */
export const IN_TIME = "$timeFilter";
export const OF_SITES = '"site" =~ /^${site:regex}$/';
export const OF_LISTS = '"list" =~ /^${list:regex}$/';
export const OF_THREADS = '"thread" =~ /^${thread:regex}$/';

/** Minutes are what squall writes: with anything shorter every second point would be missing. */
export const MINUTE = "1m";

/** A sum of counts as a rate a minute, however long an interval the picture's width makes. */
export function perMinute(field: string, as: string): string {
  return `sum("${field}") * 60000.0 / $__interval_ms AS "${as}"`;
}

export interface OverTime {
  readonly select: string;
  readonly from: string;
  readonly where: readonly string[];
  /** Tags that make a line each. */
  readonly by?: readonly string[];
}

/** One value an interval. An interval of which nothing is known has none, and the line is broken there: a gap is not a nought. */
export function overTime({ select, from, where, by = [] }: OverTime): string {
  const groups = ["time($__interval)", ...by.map((tag) => `"${tag}"`)].join(", ");
  return `SELECT ${select} FROM "${from}" WHERE ${[IN_TIME, ...where].join(" AND ")} GROUP BY ${groups} fill(null)`;
}

export interface InfluxqlOptions {
  /** Of a line, where there are several: `$tag_site`, `$col`. */
  readonly alias?: string;
  readonly refId?: string;
}

/** A query that gives lines over time. */
export function lines(query: string, { alias, refId = "A" }: InfluxqlOptions = {}): Builder<Dataquery> {
  return target({ query, refId, resultFormat: "time_series", ...(alias === undefined ? {} : { alias }) });
}

/** A query that gives rows. */
export function rows(query: string, refId = "A"): Builder<Dataquery> {
  return target({ query, refId, resultFormat: "table" });
}

/** The kit has no type for this data source's queries: these are the members that its editor writes. */
export function target(members: Readonly<Record<string, unknown>>): Builder<Dataquery> {
  const query = { datasource: INFLUXDB, rawQuery: true, ...members, _implementsDataqueryVariant: () => undefined };
  return { build: () => query };
}
