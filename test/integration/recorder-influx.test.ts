// The recorder and its writer against a real InfluxDB 1.8.

import { assert, constantFrom, oneof, property, string, uniqueArray } from "fast-check";
import type { TestContext } from "vitest";
import { describe, expect, test } from "vitest";

import { createInfluxWriter } from "../../shared/adapters/influx/influx-writer.ts";
import type { WrittenPoint } from "../../shared/runtime/point-writer.ts";
import { minuteOf, MINUTE, MINUTE_MS, threadWindow } from "../../services/recorder/testing/windows.ts";
import { closersAfterEach } from "../support/closers.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryBroker } from "../support/memory-log/memory-broker.ts";
import { createTopics, LETTERS, RecorderRun, write } from "../support/recorder-run.ts";
import type { InfluxRow, RealInflux, RealInfluxOptions } from "../support/real-influx.ts";
import { startRealInflux } from "../support/real-influx.ts";
import { realPart } from "../support/real-part.ts";
import { stormAlert } from "../support/storm-alert.ts";

const NOW = Date.UTC(2026, 10, 24, 8, 30, 0);
const SEED = 20_161_114;
const closers = closersAfterEach();

async function started(context: TestContext, options: RealInfluxOptions = {}): Promise<RealInflux> {
  const influx = await startRealInflux(realPart("influxd", context), options);
  closers.push(() => influx.stop());
  return influx;
}

async function recording(
  influx: RealInflux,
  broker: MemoryBroker,
  change: { readonly group?: string; readonly bucket?: string; readonly token?: string } = {},
): Promise<RecorderRun> {
  const { group = "squall.recorder", bucket = influx.bucket, token = influx.token } = change;
  const run = new RecorderRun(broker, new ManualClock(NOW));
  const writer = createInfluxWriter({ url: influx.url, token, org: "", bucket, timeoutMs: 10_000 });
  closers.push(() => writer.close());
  await run.start(influx.url, { group, writer });
  closers.push(async () => void (await run.running.stop(0)));
  return run;
}

function brokerOf(): MemoryBroker {
  const broker = new MemoryBroker();
  createTopics(broker);
  return broker;
}

const MEASUREMENTS = ["squall_traffic", "squall_lists", "squall_threads", "squall_storms"] as const;

async function allRows(influx: RealInflux): Promise<readonly InfluxRow[]> {
  const rows: InfluxRow[] = [];
  for (const name of MEASUREMENTS) rows.push(...(await influx.query(`SELECT * FROM "${name}" GROUP BY *`)));
  return rows;
}

function letters(broker: MemoryBroker): string[] {
  return broker
    .recordsOf({ topic: LETTERS, partition: 0 })
    .map(({ headers }) => `${headers["offset"]} ${headers["detail"]}`);
}

function writeStorm(broker: MemoryBroker): void {
  for (let minute = 0; minute < 60; minute++) {
    const windowStart = MINUTE + minute * MINUTE_MS;
    write(broker, [
      threadWindow({ windowStart, final: false, messages: 1 }),
      threadWindow({ windowStart }),
      threadWindow({ windowStart, scope: "list", key: "all staff@nhs.example" }),
      minuteOf("1@example.org", minute, { list: "all@nhs.example" }),
    ]);
  }
  write(broker, [
    stormAlert({ site: "nhs" }),
    stormAlert({ site: "nhs", type: "storm.updated", revision: 2 }),
    stormAlert({ site: "nhs", type: "storm.updated", revision: 3, subject: 'Re: "test", a=b \\ 🙂' }),
    stormAlert({ site: "nhs", type: "storm.resolved", revision: 4 }),
  ]);
}

test("the same records twice change nothing; alerts of one millisecond stand side by side", async (context) => {
  const influx = await started(context);
  const broker = brokerOf();
  writeStorm(broker);
  const run = await recording(influx, broker);
  await run.caughtUp(broker);
  const rows = await allRows(influx);
  expect(rows.map(({ measurement }) => measurement)).toEqual(
    [60, 60, 60, 4].flatMap((count, index) => Array.from({ length: count }, () => MEASUREMENTS[index])),
  );
  expect(rows[0]).toMatchObject({ site: "nhs", time: MINUTE, messages: 5, final: true, deliveries: 12_000 });
  expect(rows.find(({ revision }) => revision === "3")).toMatchObject({
    subject: 'Re: "test", a=b \\ 🙂',
    type: "updated",
  });
  const again = await recording(influx, broker, { group: "another" });
  await again.caughtUp(broker);
  expect(again.running.status().writes.points).toBeGreaterThan(180);
  expect(await allRows(influx)).toEqual(rows);
  expect(letters(broker)).toEqual([]);
});

test("killed and started again: nothing is lost", async (context) => {
  const influx = await started(context);
  const broker = brokerOf();
  write(broker, [threadWindow()]);
  const run = await recording(influx, broker);
  await run.caughtUp(broker);
  await influx.kill();
  writeStorm(broker);
  await run.until(() => run.running.status().waits?.reason === "unreachable", "it to be missed");
  await influx.start();
  await run.caughtUp(broker);
  expect(await allRows(influx)).toHaveLength(184);
  expect(letters(broker)).toEqual([]);
});

describe("what it never takes is a dead letter in its own words, all others are stored", () => {
  test("one line: a time that it cannot hold", async (context) => {
    const influx = await started(context);
    const broker = brokerOf();
    const far = Date.UTC(2300, 0, 1);
    write(broker, [
      threadWindow(),
      threadWindow({ windowStart: far }),
      threadWindow({ windowStart: MINUTE + MINUTE_MS }),
    ]);
    const run = await recording(influx, broker);
    await run.caughtUp(broker);
    expect((await allRows(influx)).map(({ time }) => time)).toEqual([MINUTE, MINUTE + MINUTE_MS]);
    expect(letters(broker)).toEqual([expect.stringContaining("time outside range")]);
  });

  test("all lines of a measurement: a field that has another type there", async (context) => {
    const influx = await started(context);
    const writer = createInfluxWriter({ ...influx, org: "", timeoutMs: 10_000 });
    closers.push(() => writer.close());
    const outcome = await writer.write([`squall_lists messages="many" ${MINUTE}`], new AbortController().signal);
    expect(outcome).toEqual({ kind: "stored" });
    const broker = brokerOf();
    writeStorm(broker);
    const run = await recording(influx, broker);
    await run.caughtUp(broker);
    const rows = await allRows(influx);
    expect(rows.filter(({ measurement }) => measurement !== "squall_lists")).toHaveLength(124);
    expect(letters(broker)).toHaveLength(60);
    expect(letters(broker)[0]).toContain("field type conflict");
  });

  test("windows older than the bucket keeps", async (context) => {
    const influx = await started(context, { retention: "7d" });
    const broker = brokerOf();
    write(broker, [threadWindow(), threadWindow({ windowStart: Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS })]);
    const run = await recording(influx, broker);
    await run.caughtUp(broker);
    expect(await allRows(influx)).toHaveLength(1);
    expect(letters(broker)).toEqual([expect.stringContaining("retention policy")]);
  });
});

describe("what somebody mends is waited for", () => {
  test("a database that is not there yet", async (context) => {
    const influx = await started(context);
    const broker = brokerOf();
    writeStorm(broker);
    const run = await recording(influx, broker, { bucket: "later/autogen" });
    await run.until(() => run.running.status().waits?.reason === "not-found", "it to be missed");
    await influx.query('CREATE DATABASE "later"');
    await run.caughtUp(broker);
    expect(await influx.query('SELECT count("messages") FROM "later"."autogen"."squall_traffic"')).toMatchObject([
      { count: 60 },
    ]);
  });

  test("a password that is not taken yet, and is not shown", async (context) => {
    const influx = await started(context, { auth: true });
    const broker = brokerOf();
    writeStorm(broker);
    const run = await recording(influx, broker, { token: "recorder:S3cretWord" });
    await run.until(() => run.running.status().waits?.reason === "auth-error", "it to be refused");
    await influx.query(`CREATE USER "recorder" WITH PASSWORD 'S3cretWord'`);
    await influx.query(`GRANT WRITE ON "squall" TO "recorder"`);
    await run.caughtUp(broker);
    expect(JSON.stringify(run.events)).not.toContain("S3cret");
    expect(letters(broker)).toEqual([]);
  });
});

const nasty = oneof(
  string({ unit: "binary", minLength: 1, maxLength: 40 }),
  string({ unit: constantFrom('"', "\\", ",", "=", " ", "#", "\n", "\r", "\0", "é", "🙂", "a"), maxLength: 30 }),
);

test("whatever texts hold: as many series as texts, no tag, no field and no point beside", async (context) => {
  const influx = await started(context);
  const writer = createInfluxWriter({ ...influx, org: "", timeoutMs: 10_000 });
  closers.push(() => writer.close());
  const texts: string[] = [];
  assert(
    property(uniqueArray(nasty, { minLength: 50, maxLength: 80 }), (some) => {
      texts.push(...some);
    }),
    { seed: SEED, numRuns: 20 },
  );
  const unique = [...new Set(texts)];
  const points = unique.map((text): WrittenPoint => {
    const list = text.isWellFormed() ? text : text.toWellFormed();
    return {
      measurement: "squall_lists",
      tags: [
        ["site", "nhs"],
        ["list", text],
      ],
      fields: [
        { name: "messages", type: "integer", value: 1 },
        { name: "text", type: "string", value: list },
      ],
      timeMs: MINUTE,
    };
  });
  const lines = points.map((point) => writer.lineOf(point).line);
  expect(await writer.write(lines, new AbortController().signal)).toEqual({ kind: "stored" });
  const rows = await influx.query('SELECT "messages", "text" FROM "squall_lists" GROUP BY *');
  expect(rows).toHaveLength(unique.length);
  const printable = unique.filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text) && text.isWellFormed());
  expect(printable.length).toBeGreaterThan(100);
  const stored = new Set(rows.map(({ text }) => text));
  expect(printable.filter((text) => !stored.has(text))).toEqual([]);
  const names = async (what: string, column: string): Promise<unknown[]> =>
    (await influx.query(`SHOW ${what} KEYS`)).map((row) => row[column]);
  expect(await influx.query("SHOW MEASUREMENTS")).toMatchObject([{ name: "squall_lists" }]);
  expect(await names("TAG", "tagKey")).toEqual(["list", "site"]);
  expect(await names("FIELD", "fieldKey")).toEqual(["messages", "text"]);
});
