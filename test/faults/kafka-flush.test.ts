// The fence and the atomic flush on real Kafka, which all recovery of the services stands on: whatever is killed, and whoever believes
// that a partition is still its own, every flush is there whole and once, in order, or not at all.

import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { StateLogError } from "../../shared/runtime/state-log.ts";
import type { TopicLog } from "../../shared/runtime/topic-log.ts";
import { openTopicStateLog, type TopicStateLog } from "../../shared/runtime/topic-state-log.ts";
import { closersAfterEach } from "../support/closers.ts";
import { logOn } from "../support/kafka-logs.ts";
import { pollUntil } from "../support/poll.ts";
import { sharedRealKafka, type RealKafka } from "../support/real-kafka.ts";

const kafkaFor = sharedRealKafka();
const closers = closersAfterEach();

const WAIT_MS = 60_000;
/** Records of a flush, in each of the three partitions of the output. */
const EACH = 20;

interface Run {
  readonly writerId: string;
  readonly state: { readonly topic: string; readonly partition: number };
  readonly outputs: string;
}

async function newRun(kafka: RealKafka): Promise<Run> {
  const id = randomUUID();
  const run = { writerId: id, state: { topic: `state-${id}`, partition: 0 }, outputs: `out-${id}` };
  await kafka.createTopics([
    { topic: run.state.topic, settings: { "cleanup.policy": "compact" } },
    { topic: run.outputs, partitions: 3 },
  ]);
  return run;
}

/** Takes the state over until it works; says which flush was the last. */
async function takeOver(log: TopicLog, { writerId, state }: Run): Promise<{ own: TopicStateLog; last: number }> {
  const giveUpAt = performance.now() + WAIT_MS;
  for (;;) {
    try {
      const own = await openTopicStateLog({ log, at: state, writerId });
      let last = 0;
      await own.read((key, value) => {
        if (key === "last") last = Number(value.toString());
      });
      return { own, last };
    } catch (error) {
      if (!(error instanceof StateLogError) || performance.now() > giveUpAt) throw error;
    }
  }
}

/** Flushes number by number up to `until`, in the outputs and in the state; takes over anew after each failure. Returns how often. */
async function flushUpTo(until: number, log: TopicLog, run: Run, onFlushed: (last: number) => void): Promise<number> {
  let takeovers = 0;
  for (;;) {
    const { own, last } = await takeOver(log, run);
    takeovers += 1;
    try {
      for (let next = last + 1; next <= until; next += 1) {
        const value = Buffer.from(String(next));
        const outputs = [0, 1, 2].flatMap((partition) =>
          Array.from({ length: EACH }, () => ({ topic: run.outputs, partition, key: undefined, value })),
        );
        await own.flush([{ key: "last", value }], outputs);
        onFlushed(next);
      }
      await own.close();
      return takeovers;
    } catch (error) {
      await own.close();
      if (!(error instanceof StateLogError)) throw error;
    }
  }
}

/** What a reader of one output partition sees, as runs of one number: "1x20 2x20 …". */
async function seenIn(log: TopicLog, topic: string, partition: number, last: number): Promise<string[]> {
  const runs: { value: string; times: number }[] = [];
  await log.readBack(
    { topic, partition },
    ({ value }) => value?.toString() === String(last) && runs.at(-1)?.times === EACH,
    ({ value }) => {
      const text = value?.toString() ?? "";
      const before = runs.at(-1);
      if (before?.value === text) before.times += 1;
      else runs.push({ value: text, times: 1 });
    },
  );
  return runs.map(({ value, times }) => `${value}x${times}`);
}

const expected = (last: number): string[] => Array.from({ length: last }, (_, n) => `${n + 1}x${EACH}`);

async function expectWhole(log: TopicLog, run: Run, last: number): Promise<void> {
  for (const partition of [0, 1, 2]) expect(await seenIn(log, run.outputs, partition, last)).toEqual(expected(last));
  const { own, last: kept } = await takeOver(log, run);
  expect(kept).toBe(last);
  await own.close();
}

test("a broker killed again and again within flushes", { timeout: 240_000 }, async (context) => {
  const kafka = await kafkaFor(context);
  const run = await newRun(kafka);
  const log = logOn(kafka);
  closers.push(() => log.close());
  let last = 0;
  const flushing = flushUpTo(300, log, run, (flushed) => void (last = flushed));
  for (const kill of [20, 80, 150]) {
    await pollUntil(() => last >= kill, { deadlineMs: WAIT_MS, what: `flush ${kill}` });
    await kafka.kill();
    await kafka.start();
  }
  expect(await flushing).toBeGreaterThan(1);
  await expectWhole(log, run, 300);
});

test("two that both believe that the state is theirs", { timeout: 240_000 }, async (context) => {
  const kafka = await kafkaFor(context);
  const run = await newRun(kafka);
  const [one, two] = [logOn(kafka), logOn(kafka)];
  closers.push(() => one.close());
  closers.push(() => two.close());
  const takeovers = await Promise.all([one, two].map((log) => flushUpTo(60, log, run, () => undefined)));
  expect(takeovers[0] ?? 0).toBeGreaterThan(0);
  expect(Math.max(...takeovers)).toBeGreaterThan(1);
  await expectWhole(one, run, 60);
});
