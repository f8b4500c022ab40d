// `squall console` beside the services on a real Kafka: what it shows, to whom, and without a broker.

import { randomUUID } from "node:crypto";
import { expect, test, type TestContext, vi } from "vitest";
import { z } from "zod";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { LiveSquall } from "../support/live-squall.ts";
import { pollUntil } from "../support/poll.ts";
import { type RealKafka, sharedRealKafka } from "../support/real-kafka.ts";
import { raiseStorm } from "../support/services/live-storm.ts";
import { ServiceSite } from "../support/services/service-site.ts";

const WAIT_MS = 60_000;
vi.setConfig({ testTimeout: 240_000 });
const kafkaFor = sharedRealKafka();
const closers = closersAfterEach();

const storms = z.array(z.object({ list: z.string(), state: z.string(), replyAlls: z.number() }));
const health = z.array(z.object({ name: z.string(), state: z.string(), words: z.string() }));

interface Place {
  readonly kafka: RealKafka;
  readonly prefix: string;
  readonly log: TopicLog;
  readonly env: Readonly<Record<string, string>>;
}

async function place(context: TestContext): Promise<Place> {
  const kafka = await kafkaFor(context);
  const prefix = `s${randomUUID().slice(0, 8)}`;
  const site = await ServiceSite.create(kafka, { prefix, site: "corp", partitions: 2, processes: {} });
  const log = logOn(kafka);
  closers.push(
    () => log.close(),
    () => site.close(),
  );
  for (const role of ["ingest", "assembler", "detector"] as const) site.add(role);
  const common = { SQUALL_CONSOLE_ADDRESS: "127.0.0.1:0", SQUALL_METRICS_ADDRESS: "127.0.0.1:0" };
  return { kafka, prefix, log, env: { ...site.environment("detector"), ...common } };
}

function consoleOf(env: Readonly<Record<string, string>>): LiveSquall {
  const squall = new LiveSquall(["console"], env);
  closers.push(async () => void (await squall.signal("SIGKILL")));
  return squall;
}

async function origins(squall: LiveSquall): Promise<{ readonly page: string; readonly status: string }> {
  await squall.says("metrics and health on ");
  const [page = "", status = ""] = ["live page on", "metrics and health on"].map(
    (words) => new RegExp(`${words} (http://[0-9.:]+)`, "u").exec(squall.err)?.[1] ?? "",
  );
  return { page, status };
}

async function askFor<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema>> {
  const answer = await fetch(url);
  return schema.parse(await answer.json());
}

test("it shows a storm of the services, again after its restart, and is ready when it has read what there is", async (context) => {
  const { log, prefix, env } = await place(context);
  const squall = consoleOf(env);
  const { page, status } = await origins(squall);
  const isReady = async (): Promise<boolean> => (await fetch(`${status}/readyz`)).status === 200;
  await pollUntil(isReady, { deadlineMs: WAIT_MS, what: "the console to be ready" });
  process.kill(squall.pid, "SIGHUP");
  await squall.says("settings are read at the start only");
  const list = await raiseStorm(log, prefix, 1);
  const isShown = async (at: string): Promise<boolean> =>
    (await askFor(`${at}/api/v1/storms`, storms)).some((storm) => storm.list === list && storm.state === "open");
  await pollUntil(() => isShown(page), { deadlineMs: WAIT_MS, what: "the storm on the page" });
  const isHeardOf = async (): Promise<boolean> =>
    (await askFor(`${page}/api/v1/health`, health)).some(({ name }) => name === "Detecting on corp");
  await pollUntil(isHeardOf, { deadlineMs: WAIT_MS, what: "the detector to be heard of" });
  const metrics = await (await fetch(`${status}/metrics`)).text();
  expect(metrics).toMatch(/^squall_records_consumed_total\{topic="\S+\.storm-alerts"\} [1-9]/mu);
  expect(metrics).toMatch(/^squall_console_pages 0$/mu);
  expect(await squall.signal("SIGTERM")).toEqual({ code: 0, signal: null });

  const again = consoleOf(env);
  const next = await origins(again);
  await pollUntil(() => isShown(next.page), { deadlineMs: WAIT_MS, what: "the storm after a restart" });
});

test("without a broker it is there, says so, and reads when one answers", async (context) => {
  const { kafka, log, prefix, env } = await place(context);
  await kafka.kill();
  const squall = consoleOf(env);
  const { page, status } = await origins(squall);
  const words = await askFor(`${page}/api/v1/health`, health);
  expect(words[0]).toEqual({ name: "Reading from Kafka", state: "down", words: "no broker has answered yet" });
  // Nobody knows whether all is calm.
  const state = z.object({ state: z.string(), detail: z.string() });
  expect(await askFor(`${page}/api/v1/state`, state)).toEqual({
    state: "unknown",
    detail: "Reading from Kafka: no broker has answered yet",
  });
  expect([(await fetch(`${status}/healthz`)).status, (await fetch(`${status}/readyz`)).status]).toEqual([200, 503]);
  await kafka.start();
  const list = await raiseStorm(log, prefix, 2);
  const isShown = async (): Promise<boolean> =>
    (await askFor(`${page}/api/v1/storms`, storms)).some((storm) => storm.list === list);
  await pollUntil(isShown, { deadlineMs: 2 * WAIT_MS, what: "the storm on the page" });
});

test("off, or seen by others without a token, it does not start", async () => {
  const env = { SQUALL_KAFKA_BROKERS: "127.0.0.1:1", SQUALL_METRICS_ADDRESS: "off" };
  for (const [address, fault] of [
    ["off", "squall: SQUALL_CONSOLE_ADDRESS: is off: squall console is nothing without its page"],
    ["*:9465", "token: is needed where the page can be seen from other machines"],
  ] as const) {
    const squall = new LiveSquall(["console"], { ...env, SQUALL_CONSOLE_ADDRESS: address });
    expect(await squall.end()).toEqual({ code: 78, signal: null });
    expect(squall.err).toContain(fault);
  }
});
