// What the services owe each other and their operators: who hangs holds up nobody else, a silence holds, metrics are sound, and more than
// can be read makes nobody grow.

import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { expect, test, type TestContext } from "vitest";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { STAGES, topicNames } from "../../shared/domain/topics.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { type FakeInflux, startFakeInflux } from "../support/fake-influx.ts";
import { logOn } from "../support/kafka-logs.ts";
import { shortMail } from "../support/live-traffic.ts";
import { pollUntil } from "../support/poll.ts";
import { sharedRealKafka } from "../support/real-kafka.ts";
import { realPart } from "../support/real-part.ts";
import { feedLines } from "../support/services/line-feeder.ts";
import { raiseStorm } from "../support/services/live-storm.ts";
import { type ServiceProcess, ServiceSite } from "../support/services/service-site.ts";
import { ANY_PORT, StatusPage } from "../support/services/status-page.ts";
import { stormAlert } from "../support/storm-alert.ts";
import { squall } from "./squall-process.ts";

const FULL = process.env["SQUALL_FULL"] === "1";
const TOLD_MS = 60_000;
const OVERLOAD_MS = FULL ? 600_000 : 15_000;
const PARTITIONS = 2;
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

/** Each counts what is its own. */
const COUNTED: Readonly<Record<string, RegExp>> = {
  ingest: /^squall_lines_used_total [1-9]/mu,
  assembler: /^squall_mails_accepted_total [1-9]/mu,
  detector: /^squall_storms_opened_total [1-9]/mu,
  recorder: /^squall_sink_points_total\{sink="influx"\} [1-9]/mu,
  alerter: /^squall_notifications_total\{receiver="\S+",outcome="delivered",reason=""\} [1-9]/mu,
};

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

  receiver.otherwise = { play: "hang" };
  const first = await raiseStorm(log, prefix, 1);
  await pollUntil(() => has(first), { deadlineMs: TOLD_MS, what: "InfluxDB to have the first storm" });
  await pollUntil(() => receiver.held() > 0, { deadlineMs: TOLD_MS, what: "the web hook to hang" });

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
    expect(await expectSoundMetrics(service, promtool)).toMatch(COUNTED[service.role] ?? /^$/u);
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

/** Mails without end, a line a record. */
async function* mails(): AsyncGenerator<readonly string[]> {
  for (let number = 0; ;) {
    const lines: string[] = [];
    for (const upTo = number + 2_000; number < upTo; number += 1) {
      lines.push(...shortMail(number, Date.now()).split("\n").slice(0, -1));
    }
    yield await Promise.resolve(lines);
  }
}

/** More than this is enough of an overload: the disk is not to be filled. */
const BEHIND_MAX = 400_000;

test(
  "more than can be read: nobody grows, the lag is seen, and is gone afterwards",
  { timeout: OVERLOAD_MS + 300_000 },
  async (context) => {
    const { site, log, prefix } = await place(context);
    const topic = topicNames(prefix)["mail-logs"];
    const services = (["ingest", "assembler", "detector"] as const).map((stage) => site.add(stage));
    const pages = services.map((service) => new StatusPage(service));
    const [ingest] = pages;
    await Promise.all(pages.map((page) => page.ready()));
    const memory = pages.map((): number[] => []);
    let behindMost = 0;
    const endMs = performance.now() + OVERLOAD_MS;
    let written = 0;
    for await (const lines of mails()) {
      if (performance.now() > endMs) break;
      const feed = {
        topic,
        partitions: PARTITIONS,
        linesPerRecord: 1,
        linesPerSecond: undefined,
        recordsPerWrite: 5_000,
      };
      await feedLines(log, lines, feed);
      written += lines.length;
      const behind = (await ingest?.metric("squall_consumer_lag_records")) ?? 0;
      behindMost = Math.max(behindMost, behind);
      for (const [index, page] of pages.entries()) {
        memory[index]?.push((await page.metric("process_resident_memory_bytes")) ?? 0);
      }
      await pollUntil(async () => ((await ingest?.metric("squall_consumer_lag_records")) ?? 0) < BEHIND_MAX, {
        deadlineMs: TOLD_MS,
        what: "ingest to come nearer",
      });
    }
    expect(behindMost).toBeGreaterThan(0);
    for (const page of pages) {
      await pollUntil(async () => (await page.metric("squall_consumer_lag_records")) === 0, {
        deadlineMs: 300_000,
        what: "the lag to be gone",
      });
    }
    expect(await ingest?.metric("squall_lines_used_total")).toBe(written);
    const MiB = 2 ** 20;
    for (const [index, samples] of memory.entries()) {
      const half = Math.floor(samples.length / 2);
      const [before, after] = [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))];
      process.stderr.write(
        `${services[index]?.name}: ${Math.round(before / MiB)} MiB in the first half, ${Math.round(after / MiB)} in the second; ${written} lines, ${behindMost} behind at most\n`,
      );
      expect(after).toBeLessThan(before + 100 * MiB);
      expect(after).toBeLessThan(700 * MiB);
    }
  },
);
