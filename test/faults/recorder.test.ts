// Recorders that are killed, stopped and started again at random while InfluxDB fails at random, beside a twin that has peace.

import { expect, test } from "vitest";

import { minuteOf, MINUTE, MINUTE_MS, threadWindow } from "../../services/recorder/testing/windows.ts";
import { defaultRecordingBounds } from "../../services/recorder/recording-bounds.ts";
import { createInfluxWriter } from "../../shared/adapters/influx/influx-writer.ts";
import type { PointWriter } from "../../shared/runtime/point-writer.ts";
import { closersAfterEach } from "../support/closers.ts";
import type { FakeInflux, InfluxPlay } from "../support/fake-influx.ts";
import { startFakeInflux } from "../support/fake-influx.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryBroker } from "../support/memory-log/memory-broker.ts";
import { createTopics, LETTERS, RecorderRun, write } from "../support/recorder-run.ts";
import { stormAlert } from "../support/storm-alert.ts";
import { seeded } from "./seeded.ts";

const ROUNDS = 25;
const MINUTES_A_ROUND = 12;
const START = Date.UTC(2026, 10, 24, 8, 30, 0);
/** Even runs do not read again from before, so that nothing hides an offset that was committed too early. */
const boundsOf = (seed: number) => ({
  ...defaultRecordingBounds,
  batchPoints: 20,
  batchBytes: 20_000,
  delayMs: 200,
  delayMaxMs: 1_000,
  ...(seed % 2 === 0 ? { rewindMs: 0 } : {}),
});

const closers = closersAfterEach();

const PLAYS: readonly InfluxPlay[] = [
  { play: "answer", status: 401 },
  { play: "answer", status: 404 },
  { play: "answer", status: 408 },
  { play: "answer", status: 413 },
  { play: "answer", status: 429, headers: { "retry-after": "3" } },
  { play: "answer", status: 503 },
  { play: "reset" },
];

/** One round's windows: every minute told twice before it is final, so that an older word would be seen. */
function writeRound(broker: MemoryBroker, round: number, seed: number): void {
  for (let minute = round * MINUTES_A_ROUND; minute < (round + 1) * MINUTES_A_ROUND; minute++) {
    const windowStart = MINUTE + minute * MINUTE_MS;
    for (const messages of [1, 2, 3]) {
      const change = { messages, final: messages === 3 };
      write(broker, [threadWindow({ windowStart, ...change })]);
      // Without reading again what came before a watch is known to the process alone.
      if (seed % 2 === 1) write(broker, [minuteOf("t", minute, change)]);
    }
    if (minute % 50 === 7) write(broker, ["{"]);
  }
  if (round === 3) write(broker, [stormAlert({ site: "nhs", threadKey: "t" })]);
}

/** A process of its own: once it is killed, nothing that it does arrives. */
class Process {
  readonly run: RecorderRun;
  private isDead = false;

  constructor(broker: MemoryBroker) {
    this.run = new RecorderRun(broker, new ManualClock(START));
  }

  async start(influx: FakeInflux, seed: number): Promise<void> {
    const writer = createInfluxWriter({ url: influx.origin, token: "", org: "o", bucket: "b", timeoutMs: 2_000 });
    closers.push(() => writer.close());
    const mortal: PointWriter = {
      ...writer,
      write: async (lines, signal) => (this.isDead ? new Promise(() => undefined) : writer.write(lines, signal)),
    };
    await this.run.start(influx.origin, { writer: mortal, bounds: boundsOf(seed) });
  }

  kill(): void {
    this.isDead = true;
    this.run.log.kill();
  }
}

function pointsOf(influx: FakeInflux): Map<string, Map<string, string>> {
  return new Map([...influx.points].filter(([identity]) => !identity.startsWith("squall_lag,")));
}

function lettersOf(broker: MemoryBroker): Set<string> {
  return new Set(broker.recordsOf({ topic: LETTERS, partition: 0 }).map(({ headers }) => headers["offset"] ?? ""));
}

async function started(): Promise<{ influx: FakeInflux; broker: MemoryBroker }> {
  const influx = await startFakeInflux();
  closers.push(() => influx.close());
  const broker = new MemoryBroker();
  let records = 0;
  broker.nowMs = () => START + records++;
  createTopics(broker);
  return { influx, broker };
}

async function twin(seed: number): Promise<{ influx: FakeInflux; broker: MemoryBroker }> {
  const all = await started();
  const process = new Process(all.broker);
  await process.start(all.influx, seed);
  for (let round = 0; round < ROUNDS; round++) writeRound(all.broker, round, seed);
  await process.run.caughtUp(all.broker);
  await process.run.running.stop(10_000);
  return all;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])("run %i: the same points and dead letters as the twin's", async (seed) => {
  const calm = await twin(seed);
  const { influx, broker } = await started();
  const random = seeded(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  let process = new Process(broker);
  await process.start(influx, seed);
  let restarts = 0;
  for (let round = 0; round < ROUNDS; round++) {
    writeRound(broker, round, seed);
    influx.linesMax = random() < 0.3 ? 1 + pick(10) : Number.POSITIVE_INFINITY;
    for (let plays = pick(3); plays > 0; plays--) influx.script.push(PLAYS[pick(PLAYS.length)] ?? { play: "store" });
    // It dies between two requests of its work, or after it.
    const heard = influx.heard.length + 1 + pick(5);
    const { run } = process;
    await run.until(() => influx.heard.length >= heard || run.hasCaughtUp(broker), "a while", 200);
    const fate = random();
    if (fate < 0.3) process.kill();
    else if (fate < 0.4) await process.run.running.stop(0);
    if (fate >= 0.4) continue;
    restarts += 1;
    process = new Process(broker);
    await process.start(influx, seed);
  }
  await process.run.caughtUp(broker);
  await process.run.running.stop(10_000);
  expect(restarts).toBeGreaterThan(3);
  expect(pointsOf(influx)).toEqual(pointsOf(calm.influx));
  expect(pointsOf(influx).size).toBe((1 + (seed % 2)) * ROUNDS * MINUTES_A_ROUND + 1);
  const said = [...pointsOf(influx).values()].map((fields) => fields.get("messages"));
  expect(said.filter((messages) => messages !== "3")).toEqual([undefined]);
  expect(lettersOf(broker)).toEqual(lettersOf(calm.broker));
});
