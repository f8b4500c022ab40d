// Whatever the dashboard “Squall itself” asks is asked of a real Prometheus that scrapes a standalone and all services on a real Kafka, while a storm
// goes through them. The queries are those of the committed file, with variables put in as Grafana does.

import { randomUUID } from "node:crypto";
import { expect, test, type TestContext, vi } from "vitest";
import { z } from "zod";
import { ruleGroups } from "../../deploy/prometheus/mixin/mixin.ts";
import { defaultMixinConfig } from "../../deploy/prometheus/mixin/mixin-config.ts";
import { STAGES, topicNames } from "../../shared/domain/topics.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { freePorts } from "../support/free-port.ts";
import { readDashboard } from "../support/grafana/dashboard-file.ts";
import { type DashboardQuery, queriesOf } from "../support/grafana/dashboard-queries.ts";
import { type LookedAt, promqlOf } from "../support/grafana/interpolation.ts";
import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { pollUntil } from "../support/poll.ts";
import type { RealInflux } from "../support/real-influx.ts";
import { kafkaPrograms, startRealKafka } from "../support/real-kafka.ts";
import { realPart } from "../support/real-part.ts";
import { type RealPrometheus, startRealPrometheus } from "../support/real-prometheus.ts";
import type { ScriptedReceiver } from "../support/scripted-receiver.ts";
import { raiseStorm } from "../support/services/live-storm.ts";
import { feedLines } from "../support/services/line-feeder.ts";
import { ServiceSite } from "../support/services/service-site.ts";
import { mailAt, newHome, talk } from "../support/standalone-home.ts";

const DEADLINE_MS = 60_000;
const SCRAPE_MS = 1000;
/** As Grafana is told by default. Rates are of four of them: on a machine with other work to do scrapes come late. */
const TOLD_SCRAPE_MS = 15_000;
const BACK_MS = 300_000;
const PARTITIONS = 2;
vi.setConfig({ testTimeout: 240_000 });
const closers = closersAfterEach();
const [INFLUX] = INFLUX_SERVERS;

const queries = queriesOf(readDashboard("squall-itself.json"));

type Labels = Readonly<Record<string, string>>;

const matrix = z.object({
  result: z.array(
    z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])) }),
  ),
});

const looked = (toMs: number): LookedAt => ({
  fromMs: toMs - BACK_MS,
  toMs,
  leastIntervalMs: SCRAPE_MS,
  variables: { job: { chosen: ["squall", "squall-services"] } },
});

/** Labels of the series that a query finds, of those with a value that is one. */
async function answer(prometheus: RealPrometheus, query: DashboardQuery): Promise<readonly Labels[]> {
  const toMs = Date.now();
  const [, metric, label] = /^label_values\((\w+), (\w+)\)$/u.exec(query.text) ?? [];
  if (label !== undefined) {
    const values = z.array(z.string()).parse(await prometheus.ask(`label/${label}/values?match[]=${metric}`));
    return values.map((value) => ({ [label]: value }));
  }
  const promql = promqlOf(query.text, looked(toMs), TOLD_SCRAPE_MS);
  if (query.isInstant) return (await prometheus.query(promql)).map(({ labels }) => labels);
  const range = new URLSearchParams({
    query: promql,
    start: `${(toMs - BACK_MS) / 1000}`,
    end: `${toMs / 1000}`,
    step: "1",
  });
  const { result } = matrix.parse(await prometheus.ask(`query_range?${range.toString()}`));
  return result.filter(({ values }) => values.some(([, value]) => value !== "NaN")).map(({ metric: labels }) => labels);
}

async function answers(prometheus: RealPrometheus): Promise<Map<string, readonly Labels[]>> {
  const found = new Map<string, readonly Labels[]>();
  for (const query of queries) found.set(query.name, await answer(prometheus, query));
  return found;
}

interface Place {
  readonly prometheus: RealPrometheus;
  readonly influx: RealInflux;
  readonly receiver: ScriptedReceiver;
  readonly log: TopicLog;
  readonly prefix: string;
  readonly write: (text: string) => void;
}

/** All that can be watched, and Prometheus beside it. */
async function place(context: TestContext): Promise<Place> {
  const program = realPart("prometheus", context);
  const [kafka, influx] = await Promise.all([startRealKafka(kafkaPrograms(context)), INFLUX.start(context)]);
  closers.push(() => kafka.stop());
  const prefix = `s${randomUUID().slice(0, 8)}`;
  const env = { SQUALL_INFLUX_URL: influx.url, SQUALL_INFLUX_TOKEN: influx.token, SQUALL_INFLUX_BUCKET: influx.bucket };
  const site = await ServiceSite.create(kafka, { prefix, site: "corp", partitions: PARTITIONS, processes: {}, env });
  closers.push(() => site.close());
  const [own = 0, ...ports] = await freePorts(STAGES.length + 1);
  const heartbeat = { SQUALL_HEARTBEAT_URL: `${site.receiver.origin}/alive` };
  STAGES.forEach((role, index) => {
    site.add(role, { ...heartbeat, SQUALL_METRICS_ADDRESS: `127.0.0.1:${ports[index]}` });
  });
  const home = newHome(closers);
  home.write("");
  await home.reading(home.log, "--metrics", `127.0.0.1:${own}`, "--webhook", `${site.receiver.origin}/storms`);
  const prometheus = await startRealPrometheus(program, {
    jobs: { squall: [`127.0.0.1:${own}`], "squall-services": ports.map((port) => `127.0.0.1:${port}`) },
    rules: JSON.stringify(ruleGroups(defaultMixinConfig)),
    everyMs: SCRAPE_MS,
  });
  closers.push(prometheus.stop);
  const log = logOn(kafka);
  closers.push(() => log.close());
  return { prometheus, influx, receiver: site.receiver, log, prefix, write: (text) => home.write(text) };
}

const STANDALONE = { job: "squall" };
const INFLUX_SINK = { sink: "influx" };
const WEBHOOK = { receiver: "webhook" };
const TOTAL: Labels = {};

/** Labels of one of the series that each query finds. */
const EXPECTED: Readonly<Record<string, Labels>> = {
  "Processes that do not answer": TOTAL,
  "Alerts firing": TOTAL,
  "Storms open": TOTAL,
  "Behind the clock": TOTAL,
  "Records not read yet": TOTAL,
  "Lines not taken": TOTAL,
  Processes: { service: "detector", job: "squall-services" },
  "Alerts pending or firing": { alertname: "SquallStormOpen", severity: "critical" },
  "Lines read a second A": {},
  "Lines read a second B": {},
  "Records not read yet, by service": { service: "recorder" },
  "Since the last progress": STANDALONE,
  "Behind the clock, by partition": { job: "squall-services" },
  "Age of the newest line, by input": STANDALONE,
  "Mail that comes late A": STANDALONE,
  "Mail that comes late B": { action: "dropped" },
  "Not taken a second, by reason": { reason: "not-recognised" },
  "From a line's time to a stage A": { stage: "decided" },
  "From a line's time to a stage B": { stage: "read" },
  "From the decision to the receiver A": STANDALONE,
  "From the decision to the receiver B": { job: "squall-services" },
  "How long a flush takes A": {},
  "How long a flush takes B": {},
  "Points stored a second": INFLUX_SINK,
  "Requests to InfluxDB a second, by outcome": { ...INFLUX_SINK, outcome: "stored" },
  "What InfluxDB has not taken yet A": INFLUX_SINK,
  "What InfluxDB has not taken yet B": INFLUX_SINK,
  "What InfluxDB has not taken yet C": INFLUX_SINK,
  "Notifications a second, by what became of them": { ...WEBHOOK, outcome: "delivered" },
  "Notifications that wait A": WEBHOOK,
  "Notifications that wait B": WEBHOOK,
  "Heartbeats a minute, and silences A": { outcome: "called" },
  "Heartbeats a minute, and silences B": TOTAL,
  "How full, by kind": { kind: "windows" },
  "State directory A": { job: "squall", part: "all" },
  "Partitions, by service": { service: "alerter", state: "running" },
  "Rebalances and takeovers A": { job: "squall-services" },
  "Rebalances and takeovers B": { job: "squall-services" },
  Processor: STANDALONE,
  Memory: STANDALONE,
  "How late the event loop is": STANDALONE,
  "variable job": { job: "squall-services" },
};

/** What finds nothing here, as it is to be. */
const NOTHING: Readonly<Record<string, string>> = {
  "Notifications that wait C": "no receiver answered 410 Gone",
  "Forgotten early a second, by reason": "there is room for all of it",
  "State directory B": "the disk is not full",
};

/** Found only when something is away. */
const TROUBLED = new Set(["What InfluxDB has not taken yet A", "Notifications that wait B"]);
const NAMES_BEFORE = Object.keys(EXPECTED).filter((name) => !TROUBLED.has(name));

/** Waits until each of the queries has found what it is to find. */
async function untilFound(
  prometheus: RealPrometheus,
  names: readonly string[],
): Promise<Map<string, readonly Labels[]>> {
  let found = new Map<string, readonly Labels[]>();
  const missing = (): readonly string[] =>
    names.filter((name) => found.get(name)?.some(has(EXPECTED[name] ?? {})) !== true);
  const isAllThere = async (): Promise<boolean> => {
    found = await answers(prometheus);
    return missing().length === 0;
  };
  const waiting = pollUntil(isAllThere, { deadlineMs: DEADLINE_MS, pauseMs: 500, what: "every panel" });
  await waiting.catch((error: unknown) => {
    const said = missing().map((name) => `${name}: ${JSON.stringify(found.get(name))}`);
    throw new Error(said.join("\n"), { cause: error });
  });
  return found;
}

test("every query finds its series", async (context) => {
  const { prometheus, influx, receiver, log, prefix, write } = await place(context);
  const untilNow = async (promql: string): Promise<void> =>
    pollUntil(async () => (await prometheus.query(promql)).length > 0, {
      deadlineMs: DEADLINE_MS,
      pauseMs: 200,
      what: promql,
    });
  await untilNow('count(squall_partitions{state="running"} > 0) == 4');
  // So that the time of its log has passed before the storm.
  write(mailAt(Date.now() - 600_000));
  await untilNow('squall_records_consumed_total{job="squall"} == 1');
  await raiseStorm(log, prefix, 1);
  const feed = {
    topic: topicNames(prefix)["mail-logs"],
    partitions: PARTITIONS,
    linesPerRecord: 1,
    recordsPerWrite: 1,
  };
  await feedLines(log, ["no line of any mail server"], { ...feed, linesPerSecond: undefined });
  write(talk({ list: "all@example.org", atMs: Date.now() - 300_000, mails: 5 }));
  await untilFound(prometheus, NAMES_BEFORE);
  // What cannot be stored now is held, and what cannot be told waits.
  await influx.kill();
  receiver.otherwise = { play: "hang" };
  await raiseStorm(log, prefix, 2);

  const found = await untilFound(prometheus, Object.keys(EXPECTED));
  expect([...found.keys()].toSorted()).toEqual([...Object.keys(EXPECTED), ...Object.keys(NOTHING)].toSorted());
  for (const name of Object.keys(NOTHING)) expect({ name, series: found.get(name) }).toEqual({ name, series: [] });
});

function has(labels: Labels): (series: Labels) => boolean {
  return (series) => Object.entries(labels).every(([label, value]) => series[label] === value);
}
