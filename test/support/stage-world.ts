// A cluster in memory and processes of one stage on it. Each has a clock of its own, which goes on with the turns of the test; one that
// is killed has none any more.

import { setImmediate as nextTurn } from "node:timers/promises";
import type { PartitionFold } from "../../shared/runtime/stage/partition-fold.ts";
import { StageRunner, type StageRunnerOptions } from "../../shared/runtime/stage/stage-runner.ts";
import { CountingFold, countsOf } from "./counting-fold.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryBroker } from "./memory-log/memory-broker.ts";
import { MemoryTopicLog } from "./memory-log/memory-topic-log.ts";

const TURN_MS = 20;
const TURNS_MAX = 20_000;
const INPUT = "in";
const OUTPUT = "out";
const STATE = "in.counter-state";

export interface StageProcess {
  readonly log: MemoryTopicLog;
  readonly clock: ManualClock;
  readonly runner: StageRunner;
  /** Every one that was made, the latest last. */
  readonly folds: CountingFold[];
  readonly said: string[];
  /** What `run` rejected with; "stopped" when it resolved. */
  ended: unknown;
  isAlive: boolean;
}

export class StageWorld {
  readonly broker = new MemoryBroker();
  readonly partitions: number;
  readonly processes: StageProcess[] = [];

  constructor(partitions = 2) {
    this.partitions = partitions;
    for (const topic of [INPUT, OUTPUT, STATE]) this.broker.createTopic(topic, partitions);
  }

  /** A process that is about to begin. */
  create(
    log = new MemoryTopicLog(this.broker),
    over: Partial<StageRunnerOptions> & { readonly fold?: (inner: CountingFold) => PartitionFold } = {},
  ): StageProcess {
    const clock = new ManualClock(0);
    const folds: CountingFold[] = [];
    const said: string[] = [];
    const { fold = (inner: CountingFold): PartitionFold => inner, ...options } = over;
    const runner = new StageRunner({
      log,
      group: "counter",
      inputTopic: INPUT,
      stateTopic: STATE,
      createFold: (at) => {
        const inner = new CountingFold(at, OUTPUT);
        folds.push(inner);
        return fold(inner);
      },
      flushEveryMs: 100,
      clock,
      monotonicMs: () => clock.nowMs(),
      say: (line) => void said.push(line),
      ...options,
    });
    const process: StageProcess = { log, clock, runner, folds, said, ended: undefined, isAlive: true };
    this.processes.push(process);
    runner.run().then(
      () => void (process.ended = "stopped"),
      (error: unknown) => void (process.ended = error),
    );
    return process;
  }

  async start(...what: Parameters<StageWorld["create"]>): Promise<StageProcess> {
    const process = this.create(...what);
    await process.runner.start();
    return process;
  }

  kill(process: StageProcess): void {
    process.isAlive = false;
    process.log.kill();
  }

  write(partition: number, texts: readonly string[]): void {
    this.broker.append(texts.map((text) => ({ topic: INPUT, partition, key: undefined, value: Buffer.from(text) })));
  }

  /** Values of a partition of what the stage says. */
  said(partition: number): string[] {
    return this.broker.recordsOf({ topic: OUTPUT, partition }).map(({ value }) => value?.toString() ?? "");
  }

  /** What it should say of all that was written so far. */
  expected(partition: number): string[] {
    const input = this.broker.recordsOf({ topic: INPUT, partition });
    return countsOf(input.map(({ value }) => value?.toString("utf8", 0, 40) ?? ""));
  }

  /** Everything was said. Not whether it was said once: see `said`. */
  get isDone(): boolean {
    return Array.from({ length: this.partitions }, (_, partition) => partition).every(
      (partition) => this.said(partition).length >= this.broker.recordsOf({ topic: INPUT, partition }).length,
    );
  }

  /** A little time passes for all that live. */
  async turn(passedMs = TURN_MS): Promise<void> {
    for (const { clock, isAlive } of this.processes) if (isAlive) clock.pass(passedMs);
    await nextTurn();
  }

  async turns(count: number, passedMs = TURN_MS): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await this.turn(passedMs);
  }

  /** `what`: is waited for. */
  async until(what: string, holds: () => boolean, passedMs = TURN_MS): Promise<void> {
    for (let turn = 0; !holds(); turn += 1) {
      if (turn === TURNS_MAX) {
        throw new Error(`waited ${TURNS_MAX} turns for ${what}: ${this.processes.map(({ said }) => said).join("; ")}`);
      }
      await this.turn(passedMs);
    }
  }

  async stop(process: StageProcess): Promise<void> {
    let isStopped = false;
    const stopped = process.runner.stop().then(() => (isStopped = true));
    await this.until("the stop", () => isStopped);
    await stopped;
    await process.log.close();
  }
}
