// squall_storms has a point for each word on a storm: opened, updated as often as it has doubled, resolved. The last word on each storm says
// whether it goes on, and is asked for again and again here.

import { IN_TIME, OF_SITES } from "../influxql.ts";

/** Columns of the last word on each storm; `where` chooses among the storms by them. */
export function lastWords(columns: readonly string[], where?: string): string {
  const inner = `SELECT last("score") AS "last_score", ${named(columns)} FROM "squall_storms" WHERE ${IN_TIME} AND ${OF_SITES} GROUP BY "storm"`;
  return `FROM (${inner})${where === undefined ? "" : ` WHERE ${where}`}`;
}

/** It was not said that it is over. */
export const GOES_ON = `"type" != 'resolved'`;

/** Of each storm that goes on, the one first of which something was said last. */
export function ofOpenStorms(...columns: readonly string[]): string {
  return `SELECT ${named(columns)} ${lastWords([...columns, "type"], GOES_ON)} ORDER BY time DESC`;
}

/** Of every storm that something was said of. */
export function ofAllStorms(...columns: readonly string[]): string {
  return `SELECT ${named(columns)} ${lastWords(columns)} ORDER BY time DESC`;
}

function named(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}
