// The services as processes on a real Kafka: how they start, stand by, lose their broker and end.

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test, type TestContext, vi } from "vitest";
import { stateTopic, topicNames } from "../../shared/domain/topics.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { pollUntil } from "../support/poll.ts";
import { type RealKafka, sharedRealKafka } from "../support/real-kafka.ts";
import { raiseStorm } from "../support/services/live-storm.ts";
import { type ServiceProcess, ServiceSite, type ServiceSiteOptions } from "../support/services/service-site.ts";
import { repeatsOf } from "../support/services/site-outcome.ts";
import { ANY_PORT, StatusPage } from "../support/services/status-page.ts";

const FULL = process.env["SQUALL_FULL"] === "1";
const TOLD_MS = 60_000;
const TEST_MS = 400_000;
const END_MS = 10_000;
// Five processes and a broker on a machine that has others to do.
vi.setConfig({ testTimeout: TEST_MS });
const kafkaFor = sharedRealKafka();
const closers = closersAfterEach();

interface Place {
  readonly kafka: RealKafka;
  readonly log: TopicLog;
  readonly site: ServiceSite;
  readonly prefix: string;
}

async function place(context: TestContext, options: Partial<ServiceSiteOptions> = {}): Promise<Place> {
  const kafka = await kafkaFor(context);
  const prefix = `s${randomUUID().slice(0, 8)}`;
  const common = { prefix, site: "corp", partitions: 2, processes: {}, env: ANY_PORT };
  const site = await ServiceSite.create(kafka, { ...common, ...options });
  const log = logOn(kafka);
  closers.push(
    () => log.close(),
    () => site.close(),
  );
  return { kafka, log, site, prefix };
}

async function told(site: ServiceSite, list: string, deadlineMs = TOLD_MS): Promise<void> {
  const isTold = (): boolean =>
    site.receiver.heard.some(({ body }) => body.includes(list) && body.includes("storm.opened"));
  await pollUntil(isTold, { deadlineMs, what: `the storm on ${list} to be told` });
}

/** Exit code, and how long it took, ms. */
async function endBy(
  service: ServiceProcess,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; tookMs: number }> {
  const startedMs = performance.now();
  service.process.signal(signal);
  const code = await service.process.ended();
  return { code, tookMs: performance.now() - startedMs };
}

const CHAIN = { ingest: 1, assembler: 1, detector: 1, alerter: 1 } as const;

test("SIGTERM: 0 within 10 s, everything flushed; the next start reads nothing again and tells nothing twice", async (context) => {
  const { site, log, prefix } = await place(context, { processes: CHAIN });
  site.startAll();
  await told(site, await raiseStorm(log, prefix, 1));
  for (const service of site.services) {
    const { code, tookMs } = await endBy(service, "SIGTERM");
    expect([service.name, code]).toEqual([service.name, 0]);
    expect(tookMs).toBeLessThan(END_MS);
  }
  const heard = site.receiver.heard.length;
  for (const service of site.services) site.start(service);
  const [ingest] = site.services.map((service) => new StatusPage(service));
  await ingest?.ready();
  // What the others said when they ended comes to those behind them.
  expect(await ingest?.metric("squall_records_consumed_total")).toBe(0);
  for (const service of site.services) {
    const page = new StatusPage(service);
    await page.ready();
    await pollUntil(async () => (await page.metric("squall_consumer_lag_records")) === 0, {
      deadlineMs: TOLD_MS,
      what: `${service.name} to have read everything`,
    });
  }
  await told(site, await raiseStorm(log, prefix, 2));
  expect(repeatsOf(site.receiver.heard)).toBe(0);
  expect(site.receiver.heard.slice(heard).some(({ body }) => body.includes("all-1@"))).toBe(false);
  for (const { code } of await Promise.all(site.services.map((service) => endBy(service, "SIGINT"))))
    expect(code).toBe(130);
});

test("no broker answers: it waits and says so once, lives, is not ready, and ends when told; it starts with the broker", async (context) => {
  const { site, kafka } = await place(context);
  await kafka.kill();
  const waiting = site.add("ingest");
  const another = site.add("detector");
  const page = new StatusPage(waiting);
  const says = (): number => site.log(waiting).split("no broker answers").length - 1;
  await pollUntil(() => says() > 0, { deadlineMs: TOLD_MS, what: "it to say that no broker answers" });
  expect(await page.ask("/healthz")).toEqual({ status: 200, text: "ok\n" });
  expect(await page.ask("/readyz")).toEqual({ status: 503, text: "not yet: brokers reached\n" });
  await new StatusPage(another).ask("/healthz");
  const { code, tookMs } = await endBy(another, "SIGTERM");
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(END_MS);
  expect(says()).toBe(1);
  await kafka.start();
  await page.ready(60_000);
});

test("one that has no partition is ready, and takes over within 3 s when the owner is told to end", async (context) => {
  const { site, log, prefix } = await place(context, { partitions: 1, processes: { ...CHAIN, detector: 0 } });
  site.startAll();
  const owner = site.add("detector");
  await new StatusPage(owner).ready();
  await told(site, await raiseStorm(log, prefix, 1));
  const standby = site.add("detector");
  const page = new StatusPage(standby);
  await page.ready();
  expect(await page.ask("/readyz")).toEqual({ status: 200, text: "ready\n" });
  expect(await page.metric("squall_partitions", 'state="running"')).toBe(0);
  const startedMs = performance.now();
  owner.process.signal("SIGTERM");
  await pollUntil(async () => (await page.metric("squall_partitions", 'state="running"')) === 1, {
    deadlineMs: TOLD_MS,
    what: "the other to take over",
  });
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  expect(await owner.process.ended()).toBe(0);
  await told(site, await raiseStorm(log, prefix, 2));
});

test("topics that are missing, or cut otherwise than the state, are refused with the mend", async (context) => {
  const { site, log, kafka, prefix } = await place(context);
  const topics = topicNames(prefix);
  const missing = site.add("detector", { SQUALL_KAFKA_TOPIC_PREFIX: "no-such" });
  expect(await missing.process.ended()).toBe(1);
  expect(site.log(missing)).toContain(
    "squall detector: no such topic: no-such.mail-events, no-such.thread-windows, no-such.storm-alerts, " +
      "no-such.mail-events.dead-letters, no-such.mail-events.detector-state. squall topics --create makes them\n",
  );

  const grow = (topic: string, count: number): Promise<boolean> =>
    kafka.withAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic, count }] }));
  await grow(stateTopic(topics["mail-events"], "detector"), 3);
  const uneven = site.add("detector");
  expect(await uneven.process.ended()).toBe(1);
  expect(site.log(uneven)).toMatch(
    /mail-events\.detector-state has 3 partitions and \S+mail-events 2: they must have as many\. Stop the services/u,
  );

  const first = site.add("ingest");
  await new StatusPage(first).ready();
  await raiseStorm(log, prefix, 1);
  await pollUntil(async () => ((await log.endsOf(topics["mail-fragments"]))[0]?.end ?? 0) > 0, {
    deadlineMs: TOLD_MS,
    what: "fragments",
  });
  expect((await endBy(first, "SIGTERM")).code).toBe(0);
  for (const topic of [
    topics["mail-logs"],
    stateTopic(topics["mail-logs"], "ingest"),
    `${topics["mail-logs"]}.dead-letters`,
  ]) {
    await grow(topic, 4);
  }
  const grown = site.add("ingest");
  expect(await grown.process.ended()).toBe(1);
  expect(site.log(grown)).toMatch(
    /mail-logs has 4 partitions and had 2 when the state was written: .* Stop all services, let them read everything first/u,
  );
});

test("the broker goes away while they run: they live, do not end, and go on with it", async (context) => {
  const { site, log, kafka, prefix } = await place(context, { processes: CHAIN });
  site.startAll();
  const pages = site.services.map((service) => new StatusPage(service));
  await Promise.all(pages.map((page) => page.ready()));
  await told(site, await raiseStorm(log, prefix, 1));
  await kafka.kill();
  const backAtMs = performance.now() + (FULL ? 90_000 : 8_000);
  while (performance.now() < backAtMs) {
    for (const page of pages) expect((await page.ask("/healthz")).status).toBe(200);
    await pause(500);
  }
  await kafka.start();
  const startedMs = performance.now();
  const list = await raiseStorm(log, prefix, 2);
  await told(site, list, 60_000);
  await context.annotate(`${Math.round(performance.now() - startedMs)} ms until the next storm was told`);
  for (const service of site.services) service.process.expectRunning();
  expect(repeatsOf(site.receiver.heard)).toBeLessThanOrEqual(1);
  // And away for good: they end all the same. The last of the tests here: this broker does not come back.
  await kafka.kill();
  const ends = await Promise.all(site.services.map((service) => endBy(service, "SIGTERM")));
  for (const { tookMs } of ends) expect(tookMs).toBeLessThan(END_MS);
  await kafka.start();
});
