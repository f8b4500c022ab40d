// ingest, assembler and detector as services, on a log in memory: a storm comes out as `squall replay` of the same log has it, however
// its lines are spread, and whatever becomes of the processes.

import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { loadConfiguration } from "../../services/squall/configuration.ts";
import type { GroundTruth } from "../../services/squall/simulate/ground-truth.ts";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { decodeStreamProgress } from "../../shared/domain/stream-progress.ts";
import { decodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { deadLetterTopic, stateTopic, TOPIC_KINDS, topicNames } from "../../shared/domain/topics.ts";
import type { StageRunner } from "../../shared/runtime/stage/stage-runner.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryBroker } from "../support/memory-log/memory-broker.ts";
import { MemoryTopicLog } from "../support/memory-log/memory-topic-log.ts";
import { numbersOf } from "../support/numbers.ts";
import { collect } from "../support/simulated-log.ts";
import { type FoldStage, stageRunner } from "../support/stage-runners.ts";
import { replayChunks } from "./memory-input.ts";

const TOPICS = topicNames("t");
const STAGES = ["ingest", "assembler", "detector"] as const;
const PARTITIONS = 3;
const SITE = "nhs";
/** A few days after the log: its stamps, which name no year, are of the one before. */
const NOW = Date.UTC(2016, 10, 20);
const TURN_MS = 20;
/** Where nothing but time is to pass. */
const QUIET_TURN_MS = 200;
const TURNS_MAX = 50_000;

interface Process {
  readonly stage: FoldStage;
  readonly log: MemoryTopicLog;
  readonly clock: ManualClock;
  readonly runner: StageRunner;
  failed: unknown;
}

class Services {
  readonly broker = new MemoryBroker();
  readonly said: string[] = [];
  processes: Process[] = [];
  nowMs = NOW;

  constructor() {
    this.broker.nowMs = () => this.nowMs;
    for (const kind of TOPIC_KINDS) {
      const topic = TOPICS[kind];
      this.broker.createTopic(topic, kind === "storm-alerts" ? 1 : PARTITIONS);
      this.broker.createTopic(deadLetterTopic(topic), PARTITIONS);
      for (const stage of STAGES) this.broker.createTopic(stateTopic(topic, stage), PARTITIONS);
    }
  }

  async start(stage: FoldStage): Promise<void> {
    const clock = new ManualClock(this.nowMs);
    const log = new MemoryTopicLog(this.broker);
    const say = (line: string): void => void this.said.push(line);
    const runner = stageRunner(stage, log, { prefix: "t", site: SITE, partitions: PARTITIONS, say, clock });
    const process: Process = { stage, log, clock, runner, failed: undefined };
    this.processes.push(process);
    runner.run().catch((error: unknown) => void (process.failed = error));
    await runner.start();
  }

  /** Another takes its place. */
  async kill(process: Process): Promise<void> {
    process.log.kill();
    this.processes = this.processes.filter((other) => other !== process);
    await this.start(process.stage);
  }

  /** Another takes its place when it has stopped. */
  async restart(process: Process): Promise<void> {
    const waiting = { isOver: false };
    const stopped = process.runner.stop().then(() => (waiting.isOver = true));
    while (!waiting.isOver) await this.turn();
    await stopped;
    this.processes = this.processes.filter((other) => other !== process);
    await this.start(process.stage);
  }

  async turn(passedMs = TURN_MS): Promise<void> {
    this.nowMs += passedMs;
    for (const { clock } of this.processes) clock.passTo(this.nowMs);
    await nextTurn();
    const failed = this.processes.find((process) => process.failed !== undefined);
    if (failed !== undefined) throw failed.failed;
  }

  /** Everything was read, by all stages, and nothing more is said for a while of our clock. */
  async settle(forMs: number): Promise<void> {
    let quietMs = 0;
    for (let turn = 0; quietMs < forMs; turn += 1) {
      if (turn > TURNS_MAX) throw new Error(`nothing comes to an end: ${this.said.join("; ")}`);
      const passedMs = quietMs > 10_000 ? QUIET_TURN_MS : TURN_MS;
      await this.turn(passedMs);
      const isRead = STAGES.every((stage) => this.isRead(stage));
      quietMs = isRead ? quietMs + passedMs : 0;
    }
  }

  private isRead(stage: FoldStage): boolean {
    const tasks = this.processes.filter((one) => one.stage === stage).flatMap(({ runner }) => runner.status());
    return (
      tasks.length === PARTITIONS &&
      tasks.every(({ topic, partition, task }) => {
        const end = this.broker.recordsOf({ topic, partition }).length;
        // What is told every second anew is on its way.
        return task !== undefined && task.nextOffset >= end - 2 * PARTITIONS;
      })
    );
  }

  lines(kind: (typeof TOPIC_KINDS)[number]): string[] {
    const partitions = kind === "storm-alerts" ? 1 : PARTITIONS;
    return Array.from({ length: partitions }, (_, partition) =>
      this.broker.recordsOf({ topic: TOPICS[kind], partition }),
    )
      .flat()
      .flatMap(({ value }) => value?.toString().split("\n").slice(0, -1) ?? []);
  }

  alerts(): StormAlert[] {
    return this.lines("storm-alerts").flatMap((line) => {
      const decoded = decodeStormAlert(line);
      return decoded.ok ? [decoded.alert] : [];
    });
  }

  windows(): ThreadWindow[] {
    return this.lines("thread-windows").flatMap((line) => {
      const decoded = decodeThreadWindow(line);
      return decoded.ok ? [decoded.window] : [];
    });
  }
}

/** The last word on each minute, by what it is of. */
function lastWindows(windows: readonly ThreadWindow[]): Map<string, ThreadWindow> {
  return new Map(windows.map((window) => [`${window.scope} ${window.key} ${window.windowStart}`, window]));
}

let lines: Buffer[] = [];
let truth: GroundTruth;
let replayed: { readonly alerts: readonly StormAlert[]; readonly windows: Map<string, ThreadWindow> };

beforeAll(async () => {
  const simulated = collect({ scenario: "nhs-2016", seed: 1, scale: 0.0005 });
  ({ truth } = simulated);
  const text = simulated.log.toString("latin1").split("\n").slice(0, -1);
  lines = text.map((line) => Buffer.from(line, "latin1"));
  const windows: ThreadWindow[] = [];
  const config = await loadConfiguration({ emitWindows: true, site: SITE }, {});
  const { alerts } = await replayChunks([simulated.log].values(), config, (window) => void windows.push(window));
  replayed = { alerts, windows: lastWindows(windows) };
});

/** `perRecord` lines a record, records at random over the partitions. Writes a minute or so of the log with each call. */
function* written(broker: MemoryBroker, perRecord: number, random: () => number): Generator<void> {
  const batch = Math.ceil(lines.length / 200);
  for (let from = 0; from < lines.length; from += batch) {
    const part = lines.slice(from, from + batch);
    for (let at = 0; at < part.length; at += perRecord) {
      const value = Buffer.from(part.slice(at, at + perRecord).join("\n"));
      const partition = Math.floor(random() * PARTITIONS);
      broker.append([{ topic: TOPICS["mail-logs"], partition, key: undefined, value }]);
    }
    yield;
  }
}

/** What was counted. List, audience and score are as they were known when the minute was told: a replay tells it later. */
function countsOf({ list: _list, audience: _audience, score: _score, ...counts }: ThreadWindow): Partial<ThreadWindow> {
  return counts;
}

function expectTheStorm(services: Services): void {
  const opened = services.alerts().filter(({ type }) => type === "storm.opened");
  const expected = replayed.alerts.find(({ type }) => type === "storm.opened");
  expect(opened.map(({ list }) => list)).toEqual(truth.storms.map(({ list }) => list));
  expect(opened.map(({ list, threadKey }) => [list, threadKey])).toEqual([[expected?.list, expected?.threadKey]]);
  const replyAlls = opened[0]?.evidence.replyAlls ?? 0;
  expect(Math.abs(replyAlls - (expected?.evidence.replyAlls ?? 0))).toBeLessThanOrEqual(1);
  // Each word on a storm stands there once.
  const words = services.alerts().map(({ stormId, revision }) => `${stormId} ${revision}`);
  expect(words).toEqual([...new Set(words)]);
}

/**
 * `mailsMax`: mails that may be judged otherwise. Three hours pass within seconds here: while a partition is taken over the others run
 * minutes ahead, and of two mails the later may come first. A mail counts in three windows: of its thread, its list and its site.
 */
function expectTheWindows(services: Services, mailsMax: number): void {
  const windows = lastWindows(services.windows());
  const deliveries = [...windows.values()]
    .filter(({ scope }) => scope === "site")
    .reduce((sum, window) => sum + window.deliveries, 0);
  expect(deliveries).toBe(truth.deliveries.sent);
  expect([...windows.values()].filter(({ final }) => !final)).toEqual([]);
  // Replay ends with the log: what it did not close is closed here.
  const expected = [...replayed.windows].filter(([, { final }]) => final);
  expect(expected.length).toBeGreaterThan(100);
  let judgedOtherwise = 0;
  for (const [name, window] of expected) {
    const ours = windows.get(name) ?? { ...window, messages: -1 };
    const { replyAlls, distinctRepliers } = ours;
    expect({ ...countsOf(ours), replyAlls: 0, distinctRepliers: 0 }).toEqual({
      ...countsOf(window),
      replyAlls: 0,
      distinctRepliers: 0,
    });
    const difference = Math.max(
      Math.abs(replyAlls - window.replyAlls),
      Math.abs(distinctRepliers - window.distinctRepliers),
    );
    judgedOtherwise += difference;
  }
  expect(judgedOtherwise).toBeLessThanOrEqual(3 * mailsMax);
}

function expectTheProgress(services: Services): void {
  const reached = new Map<string, number>();
  for (const kind of ["mail-fragments", "mail-events"] as const) {
    for (const line of services.lines(kind)) {
      const decoded = decodeStreamProgress(line);
      if (decoded.ok) reached.set(`${decoded.progress.input}/${decoded.progress.partition}`, decoded.progress.at ?? 0);
    }
  }
  const endMs = Date.parse(truth.endedAt);
  expect(reached.size).toBe(2 * PARTITIONS);
  for (const at of reached.values()) expect(at).toBeGreaterThanOrEqual(endMs);
}

function expectAllUsed(services: Services): void {
  const dead = [...services.broker.partitions].filter(
    ([name, { length }]) => name.includes("dead-letters") && length > 0,
  );
  expect(dead).toEqual([]);
}

describe("a storm that is read while it is written", () => {
  test.each([1, 200])("%d lines a record, without a key", async (perRecord) => {
    const services = new Services();
    for (const stage of STAGES) await services.start(stage);
    for (const _ of written(services.broker, perRecord, numbersOf(perRecord))) {
      for (let turns = 0; turns < 3; turns += 1) await services.turn(100);
    }
    await services.settle(400_000);
    expectTheStorm(services);
    expectTheWindows(services, 0);
    expectTheProgress(services);
    expectAllUsed(services);
    expect(services.said).toEqual([]);
  });

  test.each([1, 2, 3])("processes are killed and restarted on the way, seed %i", async (seed) => {
    const random = numbersOf(seed * 7_919);
    const services = new Services();
    for (const stage of [...STAGES, ...STAGES]) await services.start(stage);
    const disturb = async (): Promise<void> => {
      const one = services.processes[Math.floor(random() * services.processes.length)];
      if (one === undefined || random() > 0.15) return;
      await (random() < 0.6 ? services.kill(one) : services.restart(one));
    };
    for (const _ of written(services.broker, 20, random)) {
      for (let turns = Math.floor(random() * 10); turns >= 0; turns -= 1) await services.turn();
      await disturb();
    }
    await services.settle(400_000);
    expectTheStorm(services);
    expectTheWindows(services, 2);
    expectTheProgress(services);
    expectAllUsed(services);
  });
});

/** Lines of a mail to 30 that was taken in, and delivered, at `atMs`. */
function mailAt(atMs: number, queueId: string): string {
  const line = (program: string, text: string): string =>
    `${new Date(atMs).toISOString()} mx1 postfix/${program}[1]: ${queueId}: ${text}`;
  return [
    line("smtpd", "client=pc.example.org[192.0.2.1], sasl_method=PLAIN, sasl_username=anna@example.org"),
    line("cleanup", `message-id=<${queueId}@example.org>`),
    line("qmgr", "from=<anna@example.org>, size=600, nrcpt=30 (queue active)"),
  ].join("\n");
}

test("one old line in a partition that is quiet otherwise holds nobody up for long", async () => {
  const services = new Services();
  for (const stage of STAGES) await services.start(stage);
  const write = (partition: number, text: string): void => {
    services.broker.append([{ topic: TOPICS["mail-logs"], partition, key: undefined, value: Buffer.from(text) }]);
  };
  const toldAfterMs = async (queueId: string): Promise<number> => {
    const fromMs = services.nowMs;
    write(0, mailAt(fromMs, queueId));
    while (!services.lines("mail-events").some((line) => line.includes(`${queueId}@example.org`)))
      await services.turn();
    return services.nowMs - fromMs;
  };
  expect(await toldAfterMs("4ZZZZZZZZZz1")).toBeLessThan(2_000);
  // Of a shipper that was away for 50 minutes, and says no more.
  write(2, `${new Date(services.nowMs - 3_000_000).toISOString()} mx9 postfix/qmgr[1]: 4ZZZZZZZZZz9: removed`);
  for (let turns = 0; turns < 150; turns += 1) {
    await services.turn(100);
    if (turns % 10 === 0) write(0, mailAt(services.nowMs, `4ZZZZZZZZZy${turns / 10}`));
  }
  expect(await toldAfterMs("4ZZZZZZZZZz2")).toBeLessThan(2_000);
});
