// The recorder between a real Kafka and a real InfluxDB.

import { expect, test } from "vitest";

import type { RecorderService } from "../../services/recorder/recorder-shell.ts";
import { startRecorder } from "../../services/recorder/recorder-shell.ts";
import { minuteOf, MINUTE, MINUTE_MS, threadWindow } from "../../services/recorder/testing/windows.ts";
import { createInfluxWriter } from "../../shared/adapters/influx/influx-writer.ts";
import { createKafkaTopicLog } from "../../shared/adapters/kafka/kafka-topic-log.ts";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { INFLUX_SERVERS } from "../support/influx-servers.ts";
import { pollUntil } from "../support/poll.ts";
import type { RealInflux } from "../support/real-influx.ts";
import type { RealKafka } from "../support/real-kafka.ts";
import { kafkaPrograms, startRealKafka } from "../support/real-kafka.ts";
import { stormAlert } from "../support/storm-alert.ts";

const WINDOWS = "squall.thread-windows";
const ALERTS = "squall.storm-alerts";
/** Twice as many are kept of a thread that nobody watches yet. */
const MINUTES = 50;
const WAIT_MS = 40_000;
const closers = closersAfterEach();

function logOf(kafka: RealKafka): TopicLog {
  const log = createKafkaTopicLog({
    brokers: kafka.brokers,
    clientId: "recorder-test",
    sessionTimeoutMs: 10_000,
    heartbeatMs: 1_000,
    say: () => undefined,
  });
  closers.push(() => log.close());
  return log;
}

async function recording(log: TopicLog, influx: RealInflux): Promise<RecorderService> {
  const writer = createInfluxWriter({ ...influx, timeoutMs: 10_000 });
  closers.push(() => writer.close());
  const service = await startRecorder({
    log,
    writer,
    clock: systemClock,
    monotonicMs: () => performance.now(),
    random: Math.random,
    group: "squall.recorder",
    windowsTopic: WINDOWS,
    alertsTopic: ALERTS,
    version: "0.2.0",
    say: () => undefined,
    onDead: (error) => {
      throw error;
    },
  });
  closers.push(async () => void (await service.stop(0)));
  return service;
}

async function count(influx: RealInflux, measurement: string): Promise<number> {
  const [row] = await influx.query(`SELECT count("score") FROM "${measurement}"`);
  return Number(row?.["count"] ?? 0);
}

async function writeMinutes(log: TopicLog, from: number): Promise<void> {
  const writer = await log.openPlainWriter();
  const lines = Array.from({ length: MINUTES }, (_, index) => [
    encodeThreadWindow(
      threadWindow({ scope: "list", key: "all@nhs.example", windowStart: MINUTE + (from + index) * MINUTE_MS }),
    ),
    encodeThreadWindow(minuteOf("1@example.org", from + index)),
  ]).flat();
  const value = Buffer.from(lines.join("\n"));
  await writer.write([{ topic: WINDOWS, partition: from === 0 ? 0 : 1, key: "nhs", value }]);
  await writer.close();
}

async function stored(influx: RealInflux, measurement: string, points: number): Promise<void> {
  await pollUntil(async () => (await count(influx, measurement)) === points, {
    deadlineMs: WAIT_MS,
    what: `${points} points of ${measurement}`,
  });
}

test.for(INFLUX_SERVERS)(
  "InfluxDB $version: stores, goes on after it was killed, takes up its work where it was stopped",
  async ({ start }, context) => {
    const kafka = await startRealKafka(kafkaPrograms(context));
    closers.push(() => kafka.stop());
    const influx = await start(context);
    await kafka.createTopics([
      { topic: WINDOWS, partitions: 2 },
      { topic: ALERTS },
      { topic: `${WINDOWS}.dead-letters` },
      { topic: `${ALERTS}.dead-letters` },
    ]);
    const log = logOf(kafka);
    const first = await recording(log, influx);
    await writeMinutes(log, 0);
    await stored(influx, "squall_lists", MINUTES);
    expect(await count(influx, "squall_threads")).toBe(0);
    await influx.kill();
    await writeMinutes(log, MINUTES);
    const writer = await log.openPlainWriter();
    const alert = Buffer.from(encodeStormAlert(stormAlert({ site: "nhs" })));
    await writer.write([
      { topic: ALERTS, partition: 0, key: "nhs", value: alert },
      { topic: WINDOWS, partition: 1, key: "nhs", value: Buffer.from("no window") },
    ]);
    await pollUntil(() => first.status().waits !== undefined, { deadlineMs: WAIT_MS, what: "InfluxDB to be missed" });
    await influx.start();
    await stored(influx, "squall_lists", 2 * MINUTES);
    await stored(influx, "squall_threads", 2 * MINUTES);
    await stored(influx, "squall_storms", 1);
    await pollUntil(() => first.status().deadLetters === 1, { deadlineMs: WAIT_MS, what: "the dead letter" });
    expect((await log.endsOf(`${WINDOWS}.dead-letters`)).map(({ end }) => end)).toEqual([1]);
    expect(await first.stop(10_000)).toBe(true);

    // All of it is from the last 15 minutes: what somebody else has overwritten since is mended.
    await influx.query("DROP MEASUREMENT squall_lists");
    const next = await recording(log, influx);
    await stored(influx, "squall_lists", 2 * MINUTES);
    await pollUntil(() => next.status().partitions.every(({ lagRecords }) => lagRecords === 0), {
      deadlineMs: WAIT_MS,
      what: "its lag to end",
    });
    expect((await log.endsOf(`${WINDOWS}.dead-letters`)).map(({ end }) => end)).toEqual([1]);
    expect(await next.stop(10_000)).toBe(true);
  },
);
