// A mail server's log through a real rsyslog or syslog-ng with the files of deploy/shippers, real Kafka and the services to a web hook: what
// is told is what is told of the log itself.

import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test, type TestContext } from "vitest";
import { waitForGroups } from "../support/real-kafka-groups.ts";
import { sharedRealKafka, type RealKafka } from "../support/real-kafka.ts";
import {
  startRsyslog,
  startSyslogNg,
  WITHOUT_KEY,
  type LiveShipper,
  type ShipperPlan,
  type StartShipper,
} from "../support/services/live-shippers.ts";
import { shippedTopic, type ShippedTopic } from "../support/services/shipped-topic.ts";
import type { SiteOutcome } from "../support/services/site-outcome.ts";
import { runStorm, type StormLog, type StormRun } from "../support/services/storm-run.ts";
import { collect } from "../support/simulated-log.ts";

const SHIPPERS = { rsyslog: startRsyslog, "syslog-ng": startSyslogNg } as const;
const NAMES = ["rsyslog", "syslog-ng"] as const;
const AWAY_MS = 4_000;
const kafkaFor = sharedRealKafka();
const STORM = smallStorm();
let twin: SiteOutcome | undefined;

/** 25,000 lines of two hosts: a storm on a list of 118, with what else is mailed from five minutes before it until it is over. */
function smallStorm(): StormLog {
  const { log, truth } = collect({ scenario: "cisco-2013", seed: 1, scale: 0.005, until: 4_500 });
  const lines = log.toString().split("\n").slice(0, -1);
  return { lines: lines.filter((line) => line >= "2013-09-18T15:25"), endMs: Date.parse(truth.endedAt) };
}

async function kafkaWithGroups(context: TestContext): Promise<RealKafka> {
  const kafka = await kafkaFor(context);
  await waitForGroups(kafka);
  return kafka;
}

/** Without a shipper, once for all. */
async function twinOn(kafka: RealKafka): Promise<SiteOutcome> {
  twin ??= (await runStorm(kafka, { storm: STORM, linesPerSecond: 20_000 })).outcome;
  return twin;
}

interface ShippedRun extends StormRun {
  readonly topic: ShippedTopic;
}

interface ShippedRunOptions {
  readonly start: StartShipper;
  readonly changes?: ShipperPlan["changes"];
  /** Default: all at once. */
  readonly feed?: (shipper: LiveShipper, seesLines: () => Promise<void>) => Promise<void>;
}

/** Resolves when the web hook has heard all, and every line was found in the topic. */
async function shippedRun(context: TestContext, options: ShippedRunOptions): Promise<ShippedRun> {
  const { start, changes = {}, feed = (shipper) => shipper.send(STORM.lines) } = options;
  const kafka = await kafkaWithGroups(context);
  let read: ShippedTopic | undefined;
  const run = await runStorm(kafka, {
    storm: STORM,
    linesPerSecond: 20_000,
    async ship(log, topic) {
      const shipper = await start(context, { brokers: kafka.brokers, topic, changes });
      try {
        await feed(shipper, () => shippedTopic(log, topic, STORM.lines.slice(0, 1)).then(() => undefined));
        read = await shippedTopic(log, topic, STORM.lines);
      } finally {
        await shipper.stop();
      }
    },
  });
  if (read === undefined) throw new Error("nothing was shipped");
  return { ...run, topic: read };
}

/** Mails of which lines came through several partitions. */
function spreadMails({ lines }: ShippedTopic): number {
  const partitions = new Map<string, Set<number>>();
  for (const [partition, own] of lines.entries()) {
    for (const line of own) {
      const id = /\]: (?<id>[0-9A-Za-z]{10,}): /.exec(line)?.groups?.["id"];
      if (id !== undefined) partitions.set(id, (partitions.get(id) ?? new Set()).add(partition));
    }
  }
  return [...partitions.values()].filter(({ size }) => size > 1).length;
}

/** All mail and all deliveries of the site. */
function totals({ windows }: SiteOutcome): { messages: number; deliveries: number } {
  const sums = { messages: 0, deliveries: 0 };
  for (const [name, counts] of Object.entries(windows)) {
    if (!name.startsWith("site ")) continue;
    sums.messages += Number(/(?<count>\d+) messages/.exec(counts)?.groups?.["count"]);
    sums.deliveries += Number(/(?<count>\d+) deliveries/.exec(counts)?.groups?.["count"]);
  }
  return sums;
}

/** One storm was opened and resolved, at the same mail or the one beside it; the web hook heard of each once. */
function expectStorm({ outcome, heard, repeats }: StormRun, like: SiteOutcome): void {
  const list = "sep-training1@nhs.example";
  expect(Object.keys(like.storms)).toEqual([list]);
  expect(outcome.storms).toMatchObject({ [list]: { opened: 1, resolved: 1 } });
  expect(Object.keys(outcome.storms)).toEqual([list]);
  expect(Math.abs((outcome.storms[list]?.at ?? 0) - (like.storms[list]?.at ?? 0))).toBeLessThanOrEqual(1);
  expect(outcome.contradictions).toEqual([]);
  expect(heard).toBeGreaterThanOrEqual(2);
  expect(repeats).toBe(0);
}

/** The same mails and deliveries; a line that the shipper sent twice may be a delivery twice. */
function expectTotals({ outcome, topic }: ShippedRun, like: SiteOutcome): void {
  const { messages, deliveries } = totals(outcome);
  const expected = totals(like);
  expect(messages).toBe(expected.messages);
  expect(deliveries).toBeGreaterThanOrEqual(expected.deliveries);
  expect(deliveries).toBeLessThanOrEqual(expected.deliveries + topic.repeats);
}

describe.for(NAMES)("%s", { timeout: 240_000 }, (name) => {
  const start = SHIPPERS[name];

  test("with its file as it is", async (context) => {
    const run = await shippedRun(context, { start });
    const like = await twinOn(await kafkaFor(context));
    expectStorm(run, like);
    expectTotals(run, like);
    expect([...run.topic.keys].toSorted()).toEqual(["edge01", "mta01"]);
    expect(spreadMails(run.topic)).toBe(0);
    expect(new Set(Object.values(run.deadLetters))).toEqual(new Set([0]));
  });

  test("without a key, lines of a mail in several partitions", async (context) => {
    const run = await shippedRun(context, { start, changes: WITHOUT_KEY[name] });
    const like = await twinOn(await kafkaFor(context));
    expectStorm(run, like);
    expectTotals(run, like);
    expect([...run.topic.keys]).toEqual([]);
    expect(spreadMails(run.topic)).toBeGreaterThan(20);
    expect(new Set(Object.values(run.deadLetters))).toEqual(new Set([0]));
  });
});

// Both at once, each to a site of its own, so that one outage does.
test("the broker killed and away for seconds: nothing is lost", { timeout: 240_000 }, async (context) => {
  const kafka = await kafkaWithGroups(context);
  const like = await twinOn(kafka);
  const third = Math.ceil(STORM.lines.length / 3);
  const shipping = NAMES.map(() => Promise.withResolvers<void>());
  const killed = Promise.all(shipping.map(({ promise }) => promise)).then(() => kafka.kill());
  const restarted = killed.then(() => pause(AWAY_MS)).then(() => kafka.start());
  // One after the other up to here: topics are made one site at a time.
  const begun = Promise.withResolvers<void>();
  const runs = NAMES.map(async (name, index) => {
    if (index > 0) await begun.promise;
    return shippedRun(context, {
      start: SHIPPERS[name],
      async feed(shipper, seesLines) {
        begun.resolve();
        await shipper.send(STORM.lines.slice(0, third));
        await seesLines();
        shipping[index]?.resolve();
        await killed;
        await shipper.send(STORM.lines.slice(third, 2 * third));
        await restarted;
        await shipper.send(STORM.lines.slice(2 * third));
      },
    });
  });
  for (const run of await Promise.all(runs)) {
    expectStorm(run, like);
    expect(new Set(Object.values(run.deadLetters))).toEqual(new Set([0]));
  }
});
