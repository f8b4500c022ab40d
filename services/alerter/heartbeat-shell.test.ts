import { afterEach, beforeEach, expect, test } from "vitest";

import type { HttpClient } from "../../shared/adapters/http/http-client.ts";
import { createHttpClient, defaultHttpClientOptions } from "../../shared/adapters/http/http-client.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { pollUntil } from "../../test/support/poll.ts";
import type { ScriptedReceiver } from "../../test/support/scripted-receiver.ts";
import { startReceiver } from "../../test/support/scripted-receiver.ts";
import type { Heartbeat } from "./heartbeat-shell.ts";
import { createHeartbeat } from "./heartbeat-shell.ts";
import { Secret } from "../../shared/domain/secret.ts";
import type { TellingEvent } from "./telling-event.ts";

const UUID = "4b8f1c9e-0d7a-4f5e-9b57-3a1f0c2d7e11";
const T = 1_800_000_000_000;

let receiver: ScriptedReceiver;
let http: HttpClient;
let clock: ManualClock;
let beating: Heartbeat;
let events: TellingEvent[];
let isHealthy: boolean | undefined;

beforeEach(async () => {
  receiver = await startReceiver();
  http = createHttpClient({ ...defaultHttpClientOptions, excerptMs: 200 });
  clock = new ManualClock(T);
  events = [];
  isHealthy = true;
  beating = createHeartbeat({
    url: new Secret(`${receiver.origin}/ping/${UUID}`),
    http,
    clock,
    random: () => 0.5,
    isHealthy: () => isHealthy,
    userAgent: "squall/test",
    say: (event) => events.push(event),
    timeoutMs: 400,
  });
  beating.start();
});
afterEach(async () => {
  await beating.stop();
  await http.close();
  await receiver.close();
});

/** A minute passes, and what it brought is over. */
async function minute(): Promise<void> {
  const { called, withheld } = beating.counters;
  clock.pass(60_000);
  expect(beating.counters.called + beating.counters.withheld).toBe(called + withheld + 1);
  await settled();
}

async function settled(): Promise<void> {
  const { called } = beating.counters;
  await pollUntil(() => receiver.heard.length >= called && receiver.held() === 0, {
    deadlineMs: 10_000,
    what: "the call",
  });
  // Its end is noted a moment after the connection's.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test("it calls at once, give or take the jitter, then every minute", async () => {
  clock.pass(2_499);
  expect(beating.counters.called).toBe(0);
  clock.pass(1);
  await settled();
  for (let minutes = 0; minutes < 5; minutes++) await minute();
  expect(beating.counters).toEqual({ called: 6, failed: 0, withheld: 0 });
  expect(receiver.heard[0]).toMatchObject({
    method: "GET",
    path: `/ping/${UUID}`,
    headers: { "user-agent": "squall/test" },
  });
  expect(events).toEqual([]);
});

test("it keeps silent while squall is unwell, and says so once", async () => {
  await minute();
  isHealthy = false;
  await minute();
  await minute();
  isHealthy = true;
  await minute();
  expect(receiver.heard).toHaveLength(2);
  expect(beating.counters).toEqual({ called: 2, failed: 0, withheld: 2 });
  expect(events).toEqual([{ event: "heartbeat-withheld" }, { event: "heartbeat-resumed" }]);
});

test("where another process knows, it leaves it to that one, without a word", async () => {
  isHealthy = undefined;
  for (let minutes = 0; minutes < 3; minutes += 1) clock.pass(60_000);
  await beating.stop();
  expect(receiver.heard).toEqual([]);
  expect(beating.counters).toEqual({ called: 0, failed: 0, withheld: 0 });
  expect(events).toEqual([]);
});

test("calls that fail are counted, told once, and their end is told; no secret is", async () => {
  receiver.script.push(
    { play: "answer", status: 404, body: `no check ${UUID}` },
    { play: "hang" },
    { play: "reset" },
    { play: "answer", status: 301, headers: { location: "http://127.0.0.1:9/" } },
  );
  for (let minutes = 0; minutes < 4; minutes++) {
    const failed = beating.counters.failed;
    await minute();
    await pollUntil(() => beating.counters.failed === failed + 1, { deadlineMs: 10_000, what: "the failure" });
  }
  await minute();
  await pollUntil(() => events.length === 2, { deadlineMs: 10_000, what: "the recovery" });
  expect(events).toEqual([
    { event: "heartbeat-failing", reason: "status 404", detail: "no check ***" },
    { event: "heartbeat-recovered", failures: 4 },
  ]);
});

test("after a clock that jumped the minutes begin anew: one call, not one for each minute", async () => {
  await minute();
  clock.jump(24 * 3_600_000);
  await settled();
  expect(beating.counters.called).toBe(2);
  clock.pass(62_500);
  await settled();
  expect(beating.counters.called).toBe(3);
});

test("a stop gives up a call that is out, and no more come", async () => {
  receiver.script.push({ play: "hang" });
  clock.pass(2_500);
  await pollUntil(() => receiver.held() === 1, { deadlineMs: 10_000, what: "the call" });
  await beating.stop();
  clock.pass(600_000);
  expect(receiver.heard).toHaveLength(1);
  expect(events).toEqual([]);
});
