// The final windows that InfluxDB has of a site, named and counted as the outcome of a run has them.

import { pollUntil } from "../poll.ts";
import type { InfluxRow, RealInflux } from "../real-influx.ts";
import type { SiteOutcome } from "./site-outcome.ts";

/** Waits until every final window of site and lists is there. Of threads it has those of storms. */
export async function recordedWindows(
  influx: RealInflux,
  database: string,
  { windows }: SiteOutcome,
  deadlineMs: number,
): Promise<SiteOutcome["windows"]> {
  const expected = Object.keys(windows).filter((name) => !name.startsWith("thread "));
  let found: Record<string, string> = {};
  await pollUntil(
    async () => {
      found = Object.fromEntries(await rowsOf(influx, database));
      return expected.every((name) => found[name] !== undefined);
    },
    { deadlineMs, what: `${expected.length} windows in InfluxDB` },
  );
  return found;
}

async function rowsOf(influx: RealInflux, database: string): Promise<[string, string][]> {
  const select = async (measurement: string, name: (row: InfluxRow) => string): Promise<[string, string][]> => {
    const rows = await influx.query(
      `SELECT * FROM "${database}"."autogen"."${measurement}" WHERE final = true GROUP BY *`,
    );
    return rows.map((row) => [`${name(row)} ${new Date(Number(row["time"])).toISOString()}`, countsOf(row)]);
  };
  return [
    ...(await select("squall_traffic", ({ site }) => `site ${String(site)}`)),
    ...(await select("squall_lists", ({ list }) => `list ${String(list)}`)),
    ...(await select("squall_threads", (row) => `thread ${String(row["thread_key"])}`)),
  ];
}

function countsOf(row: InfluxRow): string {
  const of = (field: string): string => String(row[field]);
  return (
    `${of("reply_alls")} reply-alls by ${of("distinct_repliers")}, ${of("automatic")} automatic, ` +
    `${of("messages")} messages to ${of("recipients")}, ${of("deliveries")} deliveries`
  );
}
