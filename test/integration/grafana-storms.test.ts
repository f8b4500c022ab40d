// Whatever the dashboard “Storms” asks is asked of a real InfluxDB that a recorder has filled with a simulated storm: while the storm goes on,
// and when it is over. The queries are those of the committed file, with variables put in as Grafana does.

import { beforeAll, describe, expect, test } from "vitest";
import { threadWindow } from "../../services/recorder/testing/windows.ts";
import { threadId } from "../../services/recorder/points/thread-id.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { readDashboard } from "../support/grafana/dashboard-file.ts";
import { type DashboardQuery, queriesOf } from "../support/grafana/dashboard-queries.ts";
import { type Choice, durationMs, influxqlOf } from "../support/grafana/interpolation.ts";
import { recordStorm, SITE, type WorkedOutStorm, workedOutStorm } from "../support/grafana/recorded-storm.ts";
import type { InfluxRow } from "../support/influx-process.ts";
import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import type { RealInflux } from "../support/real-influx.ts";
import { stormAlert } from "../support/storm-alert.ts";

const LIST = "northmere-it-users@nhs.example";
/** Means something in a pattern, ends one, and begins as a number does. */
const ODD_LIST = "1.st/floor+(all)|x@nhs.example";
const MINUTE_MS = 60_000;
const HOURS_MS = 3 * 3_600_000;
const ALL: Choice = { all: ".*" };

const queries = queriesOf(readDashboard("squall-storms.json"));

let storm: WorkedOutStorm;
/** Squall has spoken of the storm's growth, and will again. */
let during: number;
let last: StormAlert;

beforeAll(async () => {
  storm = await workedOutStorm();
  const words = storm.alerts.filter(({ list, type }) => list === LIST && type !== "storm.watch");
  const [word] = words.filter(({ type }) => type === "storm.updated").slice(-1);
  if (word === undefined) throw new Error("the storm did not grow");
  last = word;
  during = word.detectedAt + MINUTE_MS;
});

interface Look {
  readonly toMs: number;
  readonly list?: Choice;
  readonly thread?: Choice;
  readonly site?: Choice;
}

/** A panel may look further back than the dashboard, or less. */
function asked({ text, panel }: DashboardQuery, { toMs, site = ALL, list = ALL, thread = ALL }: Look): string {
  const backMs = panel?.timeFrom === undefined ? HOURS_MS : durationMs(panel.timeFrom);
  const leastIntervalMs = panel?.interval === undefined ? 1000 : durationMs(panel.interval);
  const variables = { site, list, thread };
  return influxqlOf(text, { fromMs: toMs - backMs, toMs, leastIntervalMs, variables });
}

async function answers(influx: RealInflux, look: Look): Promise<Map<string, readonly InfluxRow[]>> {
  const found = new Map<string, readonly InfluxRow[]>();
  for (const query of queries) found.set(query.name, known(await influx.query(asked(query, look))));
  return found;
}

/** Without intervals of which nothing is known. */
function known(rows: readonly InfluxRow[]): readonly InfluxRow[] {
  return rows.filter((row) => Object.values(row).every((value) => value !== null));
}

/** Windows up to a time of which something was stored: the last word on each minute. */
function windowsUpTo(toMs: number, scope: ThreadWindow["scope"], key: string): ThreadWindow[] {
  const minutes = new Map<number, ThreadWindow>();
  for (const window of storm.windows) {
    const isOne = window.scope === scope && window.key === key && window.windowStart <= toMs;
    if (isOne) minutes.set(window.windowStart, window);
  }
  return [...minutes.values()];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Columns of a panel's rows beside `measurement` and `time`, and what one of the rows is. */
type Expected = readonly [columns: readonly string[], row: Readonly<Record<string, unknown>>];

const positive: unknown = expect.toSatisfy((value: unknown) => typeof value === "number" && value > 0, "above 0");
const notNegative: unknown = expect.toSatisfy((value: unknown) => typeof value === "number" && value >= 0, "0 or more");

/** What each query says of the storm while it goes on. */
function whileItGoesOn(): Readonly<Record<string, Expected>> {
  const { evidence, forecast } = last;
  const thread = threadId(SITE, last.threadKey);
  const listMinutes = windowsUpTo(during, "list", LIST);
  const threadMinutes = windowsUpTo(during, "thread", last.threadKey);
  const total = (minutes: readonly ThreadWindow[]) => ({
    "reply-alls": sum(minutes.map(({ replyAlls }) => replyAlls)),
    deliveries: sum(minutes.map(({ deliveries }) => deliveries)),
    reach: Math.max(...minutes.map(({ audience }) => audience)),
    evidence: Math.max(...minutes.map(({ score }) => score)),
  });
  const SUMS = ["reply-alls", "deliveries", "reach", "evidence"];
  const overTime = (of: string): Readonly<Record<string, Expected>> => ({
    [`Reply-alls and people a minute, of the ${of} A`]: [["reply-alls"], { "reply-alls": positive }],
    [`Reply-alls and people a minute, of the ${of} B`]: [["people"], { people: positive }],
    [`Reply-alls and people a minute, of the ${of} C`]: [["by machines"], { "by machines": notNegative }],
    [`Deliveries and recipients a minute, of the ${of} A`]: [["deliveries"], { deliveries: positive }],
    [`Deliveries and recipients a minute, of the ${of} B`]: [["recipients"], { recipients: positive }],
    [`Evidence and reach, of the ${of} A`]: [["score"], { score: positive }],
    [`Evidence and reach, of the ${of} B`]: [["audience"], { audience: evidence.audience }],
  });
  return {
    "Is there a storm?": [["open"], { open: 1 }],
    List: [["list"], { list: LIST }],
    Since: [["started_ms"], { started_ms: last.startedAt }],
    "Reply-alls a minute": [["reply-alls a minute"], { "reply-alls a minute": positive }],
    Recorder: [["behind"], { behind: 0 }],
    Reach: [["audience"], { audience: evidence.audience }],
    "Reply-alls so far": [["reply_alls"], { reply_alls: evidence.replyAlls }],
    "People who wrote": [["distinct_repliers"], { distinct_repliers: evidence.distinctRepliers }],
    "Deliveries so far": [["deliveries"], { deliveries: evidence.deliveriesSoFar }],
    "Deliveries at least": [["at_least"], { at_least: evidence.deliveriesSoFar + forecast.atLeast }],
    "Deliveries a minute": [["deliveries_per_minute"], { deliveries_per_minute: evidence.deliveriesPerMinute }],
    "Storms under way": [
      ["title", "text", "list", "thread", "started_ms", "severity"],
      { title: expect.stringContaining(`storm on ${LIST} goes on`), thread, severity: "critical" },
    ],
    "Reply-alls a minute, by site": [["site", "reply_alls"], { site: SITE, reply_alls: positive }],
    "Deliveries a minute, by site": [["site", "deliveries"], { site: SITE, deliveries: positive }],
    "Reply-alls a minute, by list": [["list", "reply_alls"], { list: LIST, reply_alls: positive }],
    "Evidence of a storm, by list": [["list", "score"], { list: LIST, score: total(listMinutes).evidence }],
    "Threads being answered": [["thread", ...SUMS, "its list"], { thread, "its list": LIST, ...total(threadMinutes) }],
    "Lists being answered": [["list", ...SUMS], { list: LIST, ...total(listMinutes) }],
    "Storms of this time": [
      ["started_ms", "type", "severity", "list", "thread", "audience", "reply_alls", "deliveries", "text"],
      { list: LIST, type: "updated", reply_alls: evidence.replyAlls, started_ms: last.startedAt },
    ],
    ...overTime("list"),
    "Which thread it is": [
      ["site", "thread", "key", "its list", "reply-alls", "deliveries"],
      { thread, key: last.threadKey, "its list": LIST, "reply-alls": total(threadMinutes)["reply-alls"] },
    ],
    ...overTime("thread"),
    "Messages a minute": [["site", "messages"], { site: SITE, messages: positive }],
    "Mails by machines a minute": [["site", "automatic"], { site: SITE, automatic: notNegative }],
    "annotation What squall said": [
      ["title", "text", "tags"],
      { time: last.detectedAt, tags: "updated,critical,thread" },
    ],
    "variable site": [["key", "value"], { value: SITE }],
    "variable list": [["key", "value"], { value: LIST }],
    "variable thread": [["key", "value"], { value: thread }],
  };
}

/** What is empty when the storm is over, as it is to be. */
const CALM: Readonly<Record<string, string>> = {
  "Is there a storm?": "there is none",
  List: "there is no storm",
  Since: "there is no storm",
  Reach: "there is no storm",
  "Reply-alls so far": "there is no storm",
  "People who wrote": "there is no storm",
  "Deliveries so far": "there is no storm",
  "Deliveries at least": "there is no storm",
  "Deliveries a minute": "there is no storm",
  "Storms under way": "there is no storm",
  Recorder: "the recorder's clock was that of the storm: it is silent since",
};

describe.each(INFLUX_SERVERS)("InfluxDB $version", ({ start }) => {
  test("every query finds the storm while it goes on, and nothing of it as going on when it is over", async (context) => {
    const influx = await start(context);
    await recordStorm(influx, storm, during - MINUTE_MS);
    const found = await answers(influx, { toMs: during });
    const expected = whileItGoesOn();
    expect([...found.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [name, [columns, row]] of Object.entries(expected)) {
      const rows = found.get(name) ?? [];
      const shown = Object.keys(rows[0] ?? {}).filter((column) => column !== "measurement" && column !== "time");
      expect({ name, shown }).toEqual({ name, shown: columns });
      const hasOne: unknown = expect.arrayContaining([expect.objectContaining(row)]);
      expect({ name, rows }).toEqual({ name, rows: hasOne });
    }

    const calm = await answers(influx, { toMs: storm.endedMs });
    const empty = [...calm].filter(([, rows]) => rows.length === 0).map(([name]) => name);
    expect(empty.toSorted()).toEqual(Object.keys(CALM).toSorted());
    const outcome: unknown = expect.stringMatching(/reply-alls/u);
    expect(calm.get("Storms of this time")).toEqual([
      expect.objectContaining({ list: LIST, type: "resolved", text: outcome }),
    ]);
  });

  test("of several storms those that go on are shown, the one first of which something was said last", async (context) => {
    const influx = await start(context);
    const others = [
      { stormId: "b000000000000001", list: ODD_LIST, detectedAt: during - 1000 },
      { stormId: "c000000000000002", list: "over@nhs.example", detectedAt: during - 20_000 },
      { stormId: "c000000000000002", list: "over@nhs.example", type: "storm.resolved", resolvedAt: during - 500 },
      { stormId: "d000000000000003", list: "other-site@nhs.example", detectedAt: during - 2000, site: "another" },
    ] as const;
    const alerts = others.map((other, at) => stormAlert({ site: SITE, revision: at + 1, startedAt: during, ...other }));
    await recordStorm(influx, { windows: [], alerts: [...storm.alerts, ...alerts] }, during - MINUTE_MS);
    const found = await answers(influx, { toMs: during });
    expect(found.get("Is there a storm?")).toEqual([expect.objectContaining({ open: 3 })]);
    const lists = (rows: readonly InfluxRow[] | undefined): unknown[] => (rows ?? []).map(({ list }) => list);
    expect(lists(found.get("List"))).toEqual([ODD_LIST, "other-site@nhs.example", LIST]);
    expect(lists(found.get("Storms under way"))).toEqual([ODD_LIST, "other-site@nhs.example", LIST]);
    expect(found.get("Storms of this time")?.map(({ list, type }) => [list, type])).toEqual([
      ["over@nhs.example", "resolved"],
      [ODD_LIST, "opened"],
      ["other-site@nhs.example", "opened"],
      [LIST, "updated"],
    ]);
    const ofOneSite = await answers(influx, { toMs: during, site: { chosen: ["another"] } });
    expect(lists(ofOneSite.get("List"))).toEqual(["other-site@nhs.example"]);
  });

  test("what is chosen is shown and nothing else, whatever signs are in it", async (context) => {
    const influx = await start(context);
    const odd = threadWindow({
      site: SITE,
      scope: "list",
      key: ODD_LIST,
      windowStart: Math.floor(during / MINUTE_MS) * MINUTE_MS,
      replyAlls: 7,
    });
    await recordStorm(influx, { windows: [...storm.windows, odd], alerts: storm.alerts }, during - MINUTE_MS);
    const chosen = await answers(influx, {
      toMs: during,
      site: { chosen: [SITE, "another"] },
      list: { chosen: [ODD_LIST] },
      thread: { chosen: ["0123456789abcdef"] },
    });
    expect(chosen.get("Lists being answered")).toEqual([
      expect.objectContaining({ list: ODD_LIST, "reply-alls": 7, deliveries: odd.deliveries }),
    ]);
    expect(chosen.get("Reply-alls and people a minute, of the list A")).toEqual([
      expect.objectContaining({ "reply-alls": 7 }),
    ]);
    expect(chosen.get("Which thread it is")).toEqual([]);
    expect(chosen.get("Is there a storm?")).toHaveLength(1);
    const elsewhere = await answers(influx, { toMs: during, site: { chosen: ["another"] } });
    const shown = [...elsewhere].filter(([, rows]) => rows.length > 0).map(([name]) => name);
    // Sites are found whatever is chosen, and a recorder writes for all.
    expect(shown).toEqual(["Recorder", "variable site"]);
  });
});
