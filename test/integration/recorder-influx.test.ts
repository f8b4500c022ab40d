// The recorder and its writer against a real InfluxDB, of each version.

import { randomUUID } from "node:crypto";

import { assert, constantFrom, oneof, property, string, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";

import { createInfluxWriter } from "../../shared/adapters/influx/influx-writer.ts";
import type { WrittenPoint } from "../../shared/runtime/point-writer.ts";
import { minuteOf, MINUTE, MINUTE_MS, threadWindow } from "../../services/recorder/testing/windows.ts";
import { closersAfterEach } from "../support/closers.ts";
import type { InfluxRow } from "../support/influx-process.ts";
import { INFLUX_SERVERS, type InfluxServer } from "../support/influx-servers.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryBroker } from "../support/memory-log/memory-broker.ts";
import { createTopics, LETTERS, RecorderRun, WINDOWS, write } from "../support/recorder-run.ts";
import type { RealInflux } from "../support/real-influx.ts";
import { stormAlert } from "../support/storm-alert.ts";

const NOW = Date.UTC(2026, 10, 24, 8, 30, 0);
const SEED = 20_161_114;
const closers = closersAfterEach();

async function recording(
  influx: RealInflux,
  broker: MemoryBroker,
  change: {
    readonly group?: string;
    readonly bucket?: string;
    readonly org?: string;
    readonly token?: string;
    readonly nowMs?: number;
  } = {},
): Promise<RecorderRun> {
  const { group = "squall.recorder", nowMs = NOW } = change;
  const { url, bucket, org, token } = { ...influx, ...change };
  const run = new RecorderRun(broker, new ManualClock(nowMs));
  const writer = createInfluxWriter({ url, token, org, bucket, timeoutMs: 10_000 });
  closers.push(() => writer.close());
  await run.start(url, { group, writer });
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
    .map(({ headers }) => `${headers["offset"]} ${headers["reason"]}: ${headers["detail"]}`);
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

const nasty = oneof(
  string({ unit: "binary", minLength: 1, maxLength: 40 }),
  string({ unit: constantFrom('"', "\\", ",", "=", " ", "#", "\n", "\r", "\0", "é", "🙂", "a"), maxLength: 30 }),
);

describe.each(INFLUX_SERVERS)("InfluxDB $version", ({ start }) => {
  test("the same records twice change nothing; alerts of one millisecond stand side by side", async (context) => {
    const influx = await start(context);
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
    const { points } = run.running.status().writes;
    await run.until(() => run.running.status().writes.points > points, "its lag to be stored");
    expect(await influx.query('SELECT * FROM "squall_lag" GROUP BY *')).toContainEqual(
      expect.objectContaining({ topic: WINDOWS, partition: "0", lag_records: 0, lag_seconds: 0 }),
    );
    const again = await recording(influx, broker, { group: "another" });
    await again.caughtUp(broker);
    expect(again.running.status().writes.points).toBeGreaterThan(180);
    expect(await allRows(influx)).toEqual(rows);
    expect(letters(broker)).toEqual([]);
  });

  test("killed and started again: nothing is lost", async (context) => {
    const influx = await start(context);
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
      const influx = await start(context);
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
      const influx = await start(context);
      const writer = createInfluxWriter({ ...influx, timeoutMs: 10_000 });
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

    test("windows older than the bucket keeps: at first nothing else is there, and none is tried again", async (context) => {
      const influx = await start(context, { retentionDays: 7 });
      const broker = brokerOf();
      // The server's clock is the machine's.
      const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
      const old = Array.from({ length: 60 }, (_, minute) => threadWindow({ windowStart: MINUTE + minute * MINUTE_MS }));
      write(broker, old);
      const run = await recording(influx, broker, { nowMs: now });
      await run.caughtUp(broker);
      expect(await allRows(influx)).toEqual([]);
      write(broker, [...old.slice(0, 3), threadWindow({ windowStart: now })]);
      await run.caughtUp(broker);
      expect((await allRows(influx)).map(({ time }) => time)).toEqual([now]);
      const told = letters(broker);
      expect(told).toHaveLength(63);
      expect(told.filter((letter) => !/^\d+ refused: .*retention policy/u.test(letter))).toEqual([]);
      expect(run.running.status().deadLetters).toBe(63);
      const { refused, waited } = run.running.status().writes;
      expect(refused).toBeLessThan(10);
      expect([...waited.values()].filter((times) => times > 0)).toEqual([]);
    });
  });

  describe("what somebody mends is waited for", () => {
    test("a bucket that is not there yet", async (context) => {
      const influx = await start(context);
      const broker = brokerOf();
      writeStorm(broker);
      const run = await recording(influx, broker, { bucket: influx.bucket.replace("squall", "later") });
      await run.until(() => run.running.status().waits?.reason === "not-found", "it to be missed");
      await influx.addBucket("later");
      await run.caughtUp(broker);
      expect(await influx.query('SELECT count("messages") FROM "later"."autogen"."squall_traffic"')).toMatchObject([
        { count: 60 },
      ]);
      expect(letters(broker)).toEqual([]);
    });

    test("a token that is not taken for a while, and is not shown", async (context) => {
      const influx = await start(context, { auth: true });
      const { token, setTaken } = await influx.addToken("write");
      await setTaken(false);
      const broker = brokerOf();
      writeStorm(broker);
      const run = await recording(influx, broker, { token });
      await run.until(() => run.running.status().waits?.reason === "auth-error", "it to be refused");
      expect(await allRows(influx)).toEqual([]);
      await setTaken(true);
      await run.caughtUp(broker);
      expect(await allRows(influx)).toHaveLength(184);
      expect(JSON.stringify(run.events)).toContain("auth-error");
      expect(JSON.stringify(run.events)).not.toContain(token.slice(token.indexOf(":") + 1));
      expect(letters(broker)).toEqual([]);
    });

    test.for(["wrong", "may only read"])("a token that is exchanged for another: %s", async (why, context) => {
      const influx = await start(context, { auth: true });
      const wrong = why === "wrong" ? "guessed:guessed" : (await influx.addToken("read")).token;
      const broker = brokerOf();
      writeStorm(broker);
      const first = await recording(influx, broker, { token: wrong });
      await first.until(() => first.running.status().waits?.reason === "auth-error", "it to be refused");
      await first.running.stop(0);
      const { token } = await influx.addToken("write");
      const next = await recording(influx, broker, { token });
      await next.caughtUp(broker);
      expect(await allRows(influx)).toHaveLength(184);
      expect(letters(broker)).toEqual([]);
    });
  });

  test("whatever texts hold: as many series as texts, no tag, no field and no point beside", async (context) => {
    const influx = await start(context);
    const writer = createInfluxWriter({ ...influx, timeoutMs: 10_000 });
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
});

const [FIRST, ...OTHERS] = INFLUX_SERVERS;

test.for(OTHERS)("InfluxDB $version: the rows that 1.8 has", async (other, context) => {
  const broker = brokerOf();
  writeStorm(broker);
  const rowsIn = async ({ start }: InfluxServer): Promise<readonly InfluxRow[]> => {
    const influx = await start(context);
    const run = await recording(influx, broker, { group: randomUUID() });
    await run.caughtUp(broker);
    return allRows(influx);
  };
  const rows = await rowsIn(FIRST);
  expect(rows).toHaveLength(184);
  expect(await rowsIn(other)).toEqual(rows);
});

test.for(OTHERS)("InfluxDB $version: an organisation that was not named", async ({ start }, context) => {
  const influx = await start(context);
  const broker = brokerOf();
  writeStorm(broker);
  const first = await recording(influx, broker, { org: "" });
  await first.until(() => first.running.status().waits?.reason === "refuses-all", "it to be missed");
  await first.running.stop(0);
  expect(JSON.stringify(first.events)).toContain("Please provide either orgID or org");
  const next = await recording(influx, broker);
  await next.caughtUp(broker);
  expect(await allRows(influx)).toHaveLength(184);
  expect(letters(broker)).toEqual([]);
});
