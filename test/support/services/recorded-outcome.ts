// The final windows and the storms that InfluxDB has of a site, named and counted as the outcome of a run has them.

import { pollUntil } from "../poll.ts";
import type { InfluxRow } from "../influx-process.ts";
import type { RealInflux } from "../real-influx.ts";
import type { SiteOutcome } from "./site-outcome.ts";

export type Recorded = Pick<SiteOutcome, "windows" | "storms">;

/** Waits until every final window of site and lists is there, and those of threads of storms, and every storm. */
export async function recordedOutcome(
  influx: RealInflux,
  database: string,
  { windows, storms, threads }: SiteOutcome,
  deadlineMs: number,
): Promise<Recorded> {
  const expected = Object.keys(windows).filter((name) => isRecorded(name, threads));
  let found: Recorded = { windows: {}, storms: {} };
  await pollUntil(
    async () => {
      found = { windows: await windowsIn(influx, database), storms: await stormsIn(influx, database) };
      return (
        expected.every((name) => found.windows[name] !== undefined) &&
        Object.entries(storms).every(([name, { resolved }]) => (found.storms[name]?.resolved ?? 0) >= resolved)
      );
    },
    { deadlineMs, what: `${expected.length} windows and ${Object.keys(storms).length} storms in InfluxDB` },
  );
  return found;
}

/** `scope KEY TIME`: of threads what began with, or after, the first word on a storm of theirs. */
function isRecorded(name: string, threads: SiteOutcome["threads"]): boolean {
  if (!name.startsWith("thread ")) return true;
  const place = name.lastIndexOf(" ");
  const since = threads.get(name.slice("thread ".length, place));
  return since !== undefined && Date.parse(name.slice(place + 1)) >= since;
}

async function stormsIn(influx: RealInflux, database: string): Promise<SiteOutcome["storms"]> {
  const rows = await influx.query(`SELECT * FROM "${database}"."autogen"."squall_storms" GROUP BY *`);
  const storms: Record<string, { opened: number; resolved: number; at: number }> = {};
  for (const row of rows.toSorted((a, b) => Number(a["time"]) - Number(b["time"]))) {
    const storm = (storms[String(row["list"] ?? row["thread_key"])] ??= { opened: 0, resolved: 0, at: 0 });
    if (row["type"] === "opened") {
      storm.opened += 1;
      if (storm.opened === 1) storm.at = Number(row["reply_alls"]);
    }
    if (row["type"] === "resolved") storm.resolved += 1;
  }
  return storms;
}

async function windowsIn(influx: RealInflux, database: string): Promise<SiteOutcome["windows"]> {
  const select = async (measurement: string, name: (row: InfluxRow) => string): Promise<[string, string][]> => {
    const rows = await influx.query(
      `SELECT * FROM "${database}"."autogen"."${measurement}" WHERE final = true GROUP BY *`,
    );
    return rows.map((row) => [`${name(row)} ${new Date(Number(row["time"])).toISOString()}`, countsOf(row)]);
  };
  return Object.fromEntries([
    ...(await select("squall_traffic", ({ site }) => `site ${String(site)}`)),
    ...(await select("squall_lists", ({ list }) => `list ${String(list)}`)),
    ...(await select("squall_threads", (row) => `thread ${String(row["thread_key"])}`)),
  ]);
}

function countsOf(row: InfluxRow): string {
  const of = (field: string): string => String(row[field]);
  return (
    `${of("reply_alls")} reply-alls by ${of("distinct_repliers")}, ${of("automatic")} automatic, ` +
    `${of("messages")} messages to ${of("recipients")}, ${of("deliveries")} deliveries`
  );
}
