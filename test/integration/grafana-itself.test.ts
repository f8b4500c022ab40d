// Whatever the dashboard “Squall itself” asks is asked of a real Prometheus that scrapes a standalone and all services on a real Kafka, while a storm
// goes through them. The queries are those of the committed file, with variables put in as Grafana does.

import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { expect, test, type TestContext, vi } from "vitest";
import { z } from "zod";
import { ruleGroups } from "../../deploy/prometheus/mixin/mixin.ts";
import { defaultMixinConfig } from "../../deploy/prometheus/mixin/mixin-config.ts";
import { STAGES, topicNames } from "../../shared/domain/topics.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import PACKAGE from "../../package.json" with { type: "json" };
import { closersAfterEach } from "../support/closers.ts";
import { freePorts } from "../support/free-port.ts";
import { readDashboard } from "../support/grafana/dashboard-file.ts";
import { type DashboardQuery, labelValuesOf, queriesOf } from "../support/grafana/dashboard-queries.ts";
import { type LookedAt, promqlOf } from "../support/grafana/interpolation.ts";
import {
  type Expected,
  expectedAtNought,
  expectedOf,
  type ExpectedSeries,
  type Watched,
} from "../support/grafana/itself-expected.ts";
import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { pollUntil } from "../support/poll.ts";
import type { RealInflux } from "../support/real-influx.ts";
import { kafkaPrograms, startRealKafka } from "../support/real-kafka.ts";
import { realPart } from "../support/real-part.ts";
import { type RealPrometheus, startRealPrometheus } from "../support/real-prometheus.ts";
import { type ScriptedReceiver, startReceiver } from "../support/scripted-receiver.ts";
import { raiseStorm } from "../support/services/live-storm.ts";
import { feedLines } from "../support/services/line-feeder.ts";
import { ServiceSite } from "../support/services/service-site.ts";
import { mailAt, newHome, type StandaloneHome, talk } from "../support/standalone-home.ts";

const DEADLINE_MS = 60_000;
const SCRAPE_MS = 1000;
/** As Grafana is told by default. Rates are of four of them: on a machine with other work to do scrapes come late. */
const TOLD_SCRAPE_MS = 15_000;
const BACK_MS = 300_000;
const PARTITIONS = 2;
vi.setConfig({ testTimeout: 240_000 });
const closers = closersAfterEach();
const [INFLUX] = INFLUX_SERVERS;

/** Longer than what comes late is waited for. */
const TOO_LATE_MS = 3 * 3_600_000;
/** More than one mail's that are looked at. */
const REFERENCES_TOO_MANY = Array.from({ length: 30 }, (_, number) => `${number}@elsewhere.example`);
const { alerts } = defaultMixinConfig;
/** Otherwise nothing would fire while the test runs. */
const AT_ONCE = {
  ...defaultMixinConfig,
  alerts: {
    ...alerts,
    SquallStormOpen: { ...alerts.SquallStormOpen, for: "0s" },
    SquallWatchdog: { ...alerts.SquallWatchdog, for: "0s" },
  },
};

const queries = queriesOf(readDashboard("squall-itself.json"));

interface FoundSeries {
  /** But for the metric's name. */
  readonly labels: Readonly<Record<string, string>>;
  /** What are no numbers left out. */
  readonly values: readonly number[];
}
type Found = ReadonlyMap<string, readonly FoundSeries[]>;

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

async function answer(prometheus: RealPrometheus, query: DashboardQuery): Promise<readonly FoundSeries[]> {
  const toMs = Date.now();
  const { metric, label = "" } = labelValuesOf(query.text) ?? {};
  if (metric !== undefined) {
    const found = z.array(z.string()).parse(await prometheus.ask(`label/${label}/values?match[]=${metric}`));
    return found.map((value) => ({ labels: { [label]: value }, values: [1] }));
  }
  const promql = promqlOf(query.text, looked(toMs), TOLD_SCRAPE_MS);
  if (query.isInstant) {
    return (await prometheus.query(promql)).map(({ labels, value }) => ({
      labels: withoutName(labels),
      values: [value],
    }));
  }
  const range = new URLSearchParams({
    query: promql,
    start: `${(toMs - BACK_MS) / 1000}`,
    end: `${toMs / 1000}`,
    step: "1",
  });
  const { result } = matrix.parse(await prometheus.ask(`query_range?${range.toString()}`));
  const series = result.map(({ metric: labels, values }) => ({
    labels: withoutName(labels),
    values: values.map(([, value]) => Number(value)).filter((value) => !Number.isNaN(value)),
  }));
  return series.filter(({ values }) => values.length > 0);
}

function withoutName(labels: FoundSeries["labels"]): FoundSeries["labels"] {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => label !== "__name__"));
}

async function answers(prometheus: RealPrometheus, asked: readonly DashboardQuery[]): Promise<Found> {
  const found = new Map<string, readonly FoundSeries[]>();
  for (const query of asked) found.set(query.name, await answer(prometheus, query));
  return found;
}

interface Place {
  readonly watched: Watched;
  readonly prometheus: RealPrometheus;
  readonly influx: RealInflux;
  readonly log: TopicLog;
  readonly home: StandaloneHome;
  /** Whom the alerter tells, and whom the standalone. */
  readonly receivers: Readonly<Record<"alerter" | "standalone", ScriptedReceiver>>;
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
  const addresses = (await freePorts(STAGES.length + 2)).map((port) => `127.0.0.1:${port}`);
  const [standalone = "", absent = "", ingest = "", assembler = "", detector = "", recorder = "", alerter = ""] =
    addresses;
  const services = { ingest, assembler, detector, recorder, alerter };
  for (const role of STAGES) site.add(role, { SQUALL_METRICS_ADDRESS: services[role] });
  const own = await startReceiver();
  closers.push(() => own.close());
  const home = newHome(closers);
  home.write("");
  home.configure(
    `inputs: [{file: ${home.log}, from: start}]\nwebhook: {url: "${own.origin}/storms"}\nheartbeat: {url: "${own.origin}/alive", every: 10s}\n`,
  );
  await home.reading("--config", home.config, "--metrics", standalone);
  const prometheus = await startRealPrometheus(program, {
    jobs: { squall: [standalone], "squall-services": [absent, ...Object.values(services)] },
    rules: JSON.stringify(ruleGroups(AT_ONCE)),
    everyMs: SCRAPE_MS,
  });
  closers.push(prometheus.stop);
  const log = logOn(kafka);
  closers.push(() => log.close());
  const watched = {
    standalone,
    absent,
    services,
    input: home.log,
    prefix,
    version: PACKAGE.version,
    node: process.versions.node,
  };
  return { watched, prometheus, influx, log, home, receivers: { alerter: site.receiver, standalone: own } };
}

function isFound({ labels, from, to }: ExpectedSeries, found: readonly FoundSeries[] = []): boolean {
  return found.some(
    (series) => isDeepStrictEqual(series.labels, labels) && series.values.some((value) => value >= from && value <= to),
  );
}

/** Waits until each of the queries has found what it is to find. */
async function untilFound(
  prometheus: RealPrometheus,
  asked: readonly DashboardQuery[],
  expected: Expected,
): Promise<Found> {
  let found: Found = new Map();
  const missing = (): readonly string[] =>
    Object.entries(expected).flatMap(([name, all]) =>
      all
        .filter((one) => !isFound(one, found.get(name)))
        .map((one) => `${name}: ${JSON.stringify(one)} is not in ${JSON.stringify(found.get(name))}`),
    );
  const isAllThere = async (): Promise<boolean> => {
    found = await answers(prometheus, asked);
    return missing().length === 0;
  };
  const waiting = pollUntil(isAllThere, { deadlineMs: DEADLINE_MS, pauseMs: 500, what: "every panel" });
  await waiting.catch((error: unknown) => {
    throw new Error(missing().join("\n"), { cause: error });
  });
  return found;
}

test("every query finds its series", async (context) => {
  const { watched, prometheus, influx, log, home, receivers } = await place(context);
  const { prefix } = watched;
  const untilNow = async (promql: string): Promise<void> =>
    pollUntil(async () => (await prometheus.query(promql)).length > 0, {
      deadlineMs: DEADLINE_MS,
      pauseMs: 200,
      what: promql,
    });
  await untilNow('count(squall_partitions{state="running"} > 0) == 4');
  // So that the time of its log has passed before the storm.
  home.write(mailAt(Date.now() - 600_000));
  await untilNow('squall_records_consumed_total{job="squall"} == 1');
  await raiseStorm(log, prefix, 1);
  const feed = {
    topic: topicNames(prefix)["mail-logs"],
    partitions: PARTITIONS,
    linesPerRecord: 1,
    recordsPerWrite: 1,
  };
  await feedLines(log, ["no line of any mail server"], { ...feed, linesPerSecond: undefined });
  const storm = (list: string): void => home.write(talk({ list, atMs: Date.now() - 300_000, mails: 5 }));
  storm("all@example.org");
  home.write(mailAt(Date.now() - TOO_LATE_MS));
  home.write(mailAt(Date.now() - 60_000, REFERENCES_TOO_MANY));
  const { code } = await home.command("silence", "quiet@example.org", "--for", "1h", "--why", "a panel counts it");
  expect(code).toBe(0);
  await untilFound(prometheus, queries, expectedOf(watched, false));
  // What cannot be stored now is held, what cannot be told waits, and who answers 410 is told no more.
  await influx.kill();
  receivers.alerter.otherwise = { play: "hang" };
  receivers.standalone.otherwise = { play: "answer", status: 410 };
  await raiseStorm(log, prefix, 2);
  storm("everybody@example.org");

  const expected = expectedOf(watched, true);
  const found = await untilFound(prometheus, queries, expected);
  const atNought = expectedAtNought(watched);
  expect([...found.keys()].toSorted()).toEqual([...Object.keys(expected), ...Object.keys(atNought)].toSorted());
  for (const name of Object.keys(atNought)) expect({ name, series: found.get(name) }).toEqual({ name, series: [] });
  const withNought = queries.map((query) => ({ ...query, text: query.text.replace(/ > 0$/u, "") }));
  await untilFound(prometheus, withNought, atNought);
});
