// What the services owe each other and their operators: who hangs holds up nobody else, a silence holds, metrics are sound, and more than
// can be read makes nobody grow.

import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test, type TestContext, vi } from "vitest";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { STAGES, topicNames } from "../../shared/domain/topics.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { type FakeInflux, startFakeInflux } from "../support/fake-influx.ts";
import { kcatOn } from "../support/kcat.ts";
import { logOn } from "../support/kafka-logs.ts";
import { LINES_A_MAIL, shortMail } from "../support/live-traffic.ts";
import { pollUntil } from "../support/poll.ts";
import { sharedRealKafka } from "../support/real-kafka.ts";
import { quickRules } from "../support/quick-rules.ts";
import { realPart } from "../support/real-part.ts";
import { type RealPrometheus, startRealPrometheus, untilFires } from "../support/real-prometheus.ts";
import { raiseStorm } from "../support/services/live-storm.ts";
import { type ServiceProcess, ServiceSite } from "../support/services/service-site.ts";
import { ANY_PORT, StatusPage } from "../support/services/status-page.ts";
import { stormAlert } from "../support/storm-alert.ts";
import { squall } from "./squall-process.ts";

const FULL = process.env["SQUALL_FULL"] === "1";
const TOLD_MS = 60_000;
const TEST_MS = 240_000;
const OVERLOAD_MS = FULL ? 600_000 : 15_000;
const SETTLE_MS = FULL ? 900_000 : 300_000;
const OVERLOAD = { timeout: OVERLOAD_MS + 2 * SETTLE_MS };
const PARTITIONS = 2;
// Five processes and a broker on a machine that has others to do.
vi.setConfig({ testTimeout: TEST_MS });
const kafkaFor = sharedRealKafka();
const closers = closersAfterEach();

interface Place {
  readonly prefix: string;
  readonly site: ServiceSite;
  readonly log: TopicLog;
  readonly brokers: string;
}

async function place(context: TestContext): Promise<Place> {
  const kafka = await kafkaFor(context);
  const prefix = `s${randomUUID().slice(0, 8)}`;
  const common = { prefix, site: "corp", partitions: PARTITIONS, processes: {}, env: ANY_PORT };
  const site = await ServiceSite.create(kafka, common);
  const log = logOn(kafka);
  closers.push(
    () => log.close(),
    () => site.close(),
  );
  return { prefix, site, log, brokers: kafka.brokers.join(",") };
}

function recorderEnv(influx: FakeInflux): Readonly<Record<string, string>> {
  return {
    SQUALL_INFLUX_URL: influx.origin,
    SQUALL_INFLUX_TOKEN: "token",
    SQUALL_INFLUX_BUCKET: "squall",
    SQUALL_INFLUX_ORG: "squall",
  };
}

/** Sound by Prometheus' own linter, no series twice, few of them. */
async function expectSoundMetrics(service: ServiceProcess, promtool: string): Promise<string> {
  const { text } = await new StatusPage(service).ask("/metrics");
  const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], { input: text, encoding: "utf8" });
  expect({ of: service.name, status, said: `${stdout}${stderr}` }).toEqual({ of: service.name, status: 0, said: "" });
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const names = series.map((line) => line.slice(0, line.lastIndexOf(" ")));
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeLessThan(2_000);
  return text;
}

/** Each counts what is its own, and what it let go for want of room: nothing here. */
const COUNTED: Readonly<Record<string, readonly RegExp[]>> = {
  ingest: [/^squall_lines_used_total [1-9]/mu],
  assembler: [
    /^squall_mails_accepted_total [1-9]/mu,
    /^squall_sites_dropped_total 0$/mu,
    /^squall_progress_dropped_total 0$/mu,
  ],
  detector: [
    /^squall_storms_opened_total [1-9]/mu,
    /^squall_backlog_let_go_total 0$/mu,
    /^squall_progress_dropped_total 0$/mu,
  ],
  recorder: [
    /^squall_records_consumed_total\{topic="\S+\.thread-windows"\} [1-9]/mu,
    /^squall_recorder_lines_total\{kind="window"\} [1-9]/mu,
    /^squall_sink_points_total\{sink="influx"\} [1-9]/mu,
    /^squall_recorder_threads_forgotten_total\{watched="yes"\} 0$/mu,
  ],
  alerter: [/^squall_notifications_total\{receiver="\S+",outcome="delivered",reason=""\} [1-9]/mu],
};

async function watchedByPrometheus(site: ServiceSite, program: string): Promise<RealPrometheus> {
  const targets = await Promise.all(site.services.map((service) => new StatusPage(service).address()));
  // A notification that waits for a second is one too many.
  const rules = JSON.stringify(quickRules({ notificationWaitsSeconds: 1 }, { SquallDown: "30s" }));
  const prometheus = await startRealPrometheus(program, { jobs: { squall: targets }, rules, everyMs: 1000 });
  closers.push(prometheus.stop);
  return prometheus;
}

test("a web hook that hangs and an InfluxDB that is down hold up neither detection nor each other", async (context) => {
  const { site, log, prefix } = await place(context);
  const promtool = realPart("promtool", context);
  const influx = await startFakeInflux();
  closers.push(() => influx.close());
  const { receiver } = site;
  const has = (list: string): boolean => [...influx.points.keys()].some((point) => point.includes(list));
  const told = (list: string): boolean => receiver.heard.some(({ body }) => body.includes(list));
  for (const stage of STAGES) site.add(stage, stage === "recorder" ? recorderEnv(influx) : {});
  await Promise.all(site.services.map((service) => new StatusPage(service).ready(TOLD_MS)));

  const prometheus = await watchedByPrometheus(site, realPart("prometheus", context));
  await untilFires(prometheus, "SquallWatchdog");

  receiver.otherwise = { play: "hang" };
  const first = await raiseStorm(log, prefix, 1);
  await pollUntil(() => has(first), { deadlineMs: TOLD_MS, what: "InfluxDB to have the first storm" });
  await pollUntil(() => receiver.held() > 0, { deadlineMs: TOLD_MS, what: "the web hook to hang" });

  await untilFires(prometheus, "SquallStormOpen");
  await untilFires(prometheus, "SquallNotificationsFailing");
  const firing = (await prometheus.alerts()).filter(({ state }) => state === "firing");
  const woken = firing.map(({ labels }) => labels["alertname"] ?? "");
  const expected = ["SquallNotificationsFailing", "SquallStormOpen", "SquallWatchdog"];
  expect([...new Set(woken)].toSorted()).toEqual(expected);
  const lags = await prometheus.query("topic:squall_consumer_lag_records:sum");
  expect([...new Set(lags.map(({ labels }) => labels["service"] ?? ""))].toSorted()).toEqual(STAGES.toSorted());

  await influx.down();
  receiver.otherwise = { play: "answer", status: 204 };
  const second = await raiseStorm(log, prefix, 2);
  await pollUntil(() => told(second), { deadlineMs: TOLD_MS, what: "the second storm to be told" });
  for (const service of site.services) {
    expect((await new StatusPage(service).ask("/healthz")).status).toBe(200);
  }
  expect(has(second)).toBe(false);
  await influx.up();
  await pollUntil(() => has(second), { deadlineMs: TOLD_MS, what: "InfluxDB to have the second storm" });

  for (const service of site.services) {
    const text = await expectSoundMetrics(service, promtool);
    for (const counted of COUNTED[service.role] ?? [/^$/u]) expect(text).toMatch(counted);
  }

  for (const service of site.services) {
    service.process.signal("SIGHUP");
    const isTold = (): boolean => site.log(service).includes("restart it to have new ones");
    await pollUntil(isTold, { deadlineMs: TOLD_MS, what: `${service.name} to say what SIGHUP is for` });
    service.process.expectRunning();
  }
});

test("a list that is silenced is not told of, and told after all when the silence ends", async (context) => {
  const { site, log, prefix, brokers } = await place(context);
  const on = ["--kafka", "--brokers", brokers, "--topic-prefix", prefix];
  await new StatusPage(site.add("alerter")).ready();
  const set = await squall(["silence", "all@example.org", "--for", "4h", "--why", "town hall", ...on]);
  expect(set).toMatchObject({ code: 0, err: "" });
  expect(set.out).toMatch(/^Silence 1: nobody is told of storms on all@example\.org until /u);
  expect(set.out).toContain(`squall silence --end 1 --kafka --brokers ${brokers} --topic-prefix ${prefix}`);
  expect((await squall(["silences", ...on])).out).toMatch(/^1 {2}all@example\.org .*\n.*: town hall\n$/u);

  const writer = await log.openPlainWriter();
  for (const [stormId, list] of [
    ["silenced", "all@example.org"],
    ["heard", "other@example.org"],
  ] as const) {
    const value = Buffer.from(encodeStormAlert(stormAlert({ stormId, list })));
    await writer.write([{ topic: topicNames(prefix)["storm-alerts"], partition: 0, key: undefined, value }]);
  }
  const heard = (): string[] => site.receiver.heard.map(({ headers }) => String(headers["webhook-id"]));
  await pollUntil(() => heard().length > 0, { deadlineMs: TOLD_MS, what: "the other list to be told" });
  expect(heard()).toEqual(["heard-1"]);
  const end = await squall(["silence", "--end", "1", ...on]);
  expect(end).toMatchObject({ code: 0, err: "" });
  expect(end.out).toBe("Silence 1 on all@example.org has ended; storms that are still open are told now.\n");
  await pollUntil(() => heard().length > 1, { deadlineMs: TOLD_MS, what: "the silenced storm to be told" });
  expect(heard()).toEqual(["heard-1", "silenced-1"]);
  expect((await squall(["silences", ...on])).out).toBe("No silences.\n");
  const none = await squall(["silence", "--end", "1", ...on]);
  expect([none.code, none.err]).toEqual([
    1,
    "squall: no silence 1 holds: squall silences --kafka lists those that do\n",
  ]);
});

const MAILS_A_ROUND = 20_000;
/** More is overload enough: the disk is not to be filled. */
const BEHIND_MAX = FULL ? 2_000_000 : 200_000;
const MEMORY_MAX = 1_000 * 2 ** 20;
/** Records of fragments, of some hundred mails each: the assembler is the slower of the two. */
const ASSEMBLER_BEHIND_MAX = 4_000;
/** From the first half to the second. The assembler takes half a minute until it holds as many mails as it may. */
const GROWTH_MAX = (FULL ? 100 : 400) * 2 ** 20;

interface Overload {
  readonly lines: number;
  readonly behindMost: number;
  /** Bytes, sample by sample, of each. */
  readonly memory: readonly (readonly number[])[];
}

/** Short mails, a line a record, faster than they can be read, for a time. */
async function overload(pages: readonly StatusPage[], write: (file: string) => Promise<void>): Promise<Overload> {
  const folder = mkdtempSync(join(tmpdir(), "squall-overload-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "lines");
  const memory = pages.map((): number[] => []);
  const endMs = performance.now() + OVERLOAD_MS;
  let [mails, behindMost] = [0, 0];
  let writing: Promise<void> | undefined;
  while (performance.now() < endMs) {
    const [behind = 0, assemblerBehind = 0] = await Promise.all(
      pages.map((page) => page.metric("squall_consumer_lag_records")),
    );
    behindMost = Math.max(behindMost, behind);
    for (const [index, page] of pages.entries()) {
      memory[index]?.push((await page.metric("process_resident_memory_bytes")) ?? 0);
    }
    if (writing === undefined && behind < BEHIND_MAX && assemblerBehind < ASSEMBLER_BEHIND_MAX) {
      const round = Array.from({ length: MAILS_A_ROUND }, (_, index) => shortMail(mails + index, Date.now()));
      writeFileSync(file, round.join(""));
      mails += MAILS_A_ROUND;
      writing = write(file).finally(() => (writing = undefined));
    }
    await pause(100);
  }
  await writing;
  return { lines: mails * LINES_A_MAIL, behindMost, memory };
}

test("more than can be read: nobody grows, the lag is seen, and is gone afterwards", OVERLOAD, async (context) => {
  const { site, prefix, brokers } = await place(context);
  const kcat = kcatOn({ brokers: brokers.split(",") }, context);
  const influx = await startFakeInflux();
  closers.push(() => influx.close());
  const services = STAGES.map((stage) => site.add(stage, stage === "recorder" ? recorderEnv(influx) : {}));
  const pages = services.map((service) => new StatusPage(service));
  await Promise.all(pages.map((page) => page.ready()));
  const topic = topicNames(prefix)["mail-logs"];
  const { lines, behindMost, memory } = await overload(pages, (file) => kcat.writeLines(topic, file));
  expect(behindMost).toBeGreaterThan(10_000);
  const halves = memory.map((samples) => {
    const half = Math.floor(samples.length / 2);
    return { before: Math.max(...samples.slice(0, half)), after: Math.max(...samples.slice(half)) };
  });
  for (const [index, { before, after }] of halves.entries()) {
    const [first, second] = [before, after].map((bytes) => `${Math.round(bytes / 2 ** 20)} MiB`);
    const words = `${services[index]?.role ?? ""}: ${first} at most in the first half, ${second} in the second`;
    await context.annotate(`${words}; ${lines} lines, up to ${behindMost} behind`);
    expect(after).toBeLessThan(before + GROWTH_MAX);
    expect(after).toBeLessThan(MEMORY_MAX);
  }
  for (const [index, page] of pages.entries()) {
    const startedMs = performance.now();
    await pollUntil(async () => (await page.metric("squall_consumer_lag_records")) === 0, {
      deadlineMs: SETTLE_MS,
      what: `the lag of ${services[index]?.role ?? ""} to be gone`,
    });
    const settledMs = Math.round(performance.now() - startedMs);
    await context.annotate(`${services[index]?.role ?? ""}: nothing behind after ${settledMs} ms`);
  }
  expect(await pages[0]?.metric("squall_lines_used_total")).toBe(lines);
});
