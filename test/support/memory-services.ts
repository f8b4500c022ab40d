// ingest, assembler and detector as services on a log in memory, one or several processes of each, of today's squall or of another release.

import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { decodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import { deadLetterTopic, stateTopic, TOPIC_KINDS, topicNames } from "../../shared/domain/topics.ts";
import type { StageRunner } from "../../shared/runtime/stage/stage-runner.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryBroker } from "./memory-log/memory-broker.ts";
import { MemoryTopicLog } from "./memory-log/memory-topic-log.ts";
import type { StageParts } from "./stage-parts.ts";
import { type FoldStage, stageRunner } from "./stage-runners.ts";

export const TOPICS = topicNames("t");
export const STAGES = ["ingest", "assembler", "detector"] as const;
export const PARTITIONS = 3;
export const SITE = "nhs";
/** A few days after the log: its stamps, which name no year, are of the one before. */
const NOW = Date.UTC(2016, 10, 20);
const TURN_MS = 20;
/** Where nothing but time is to pass. */
const QUIET_TURN_MS = 200;
const TURNS_MAX = 50_000;

export interface Process {
  readonly stage: FoldStage;
  readonly log: MemoryTopicLog;
  readonly clock: ManualClock;
  readonly runner: StageRunner;
  readonly parts: StageParts | undefined;
  failed: unknown;
}

export class MemoryServices {
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

  /** `parts`: of another release. */
  async start(stage: FoldStage, parts?: StageParts): Promise<void> {
    const clock = new ManualClock(this.nowMs);
    const log = new MemoryTopicLog(this.broker);
    const say = (line: string): void => void this.said.push(line);
    const own = parts === undefined ? {} : { parts };
    const runner = stageRunner(stage, log, { prefix: "t", site: SITE, partitions: PARTITIONS, say, clock, ...own });
    const process: Process = { stage, log, clock, runner, parts, failed: undefined };
    this.processes.push(process);
    runner.run().catch((error: unknown) => void (process.failed = error));
    await runner.start();
  }

  /** Another takes its place. */
  async kill(process: Process, parts = process.parts): Promise<void> {
    process.log.kill();
    this.processes = this.processes.filter((other) => other !== process);
    await this.start(process.stage, parts);
  }

  /** Another takes its place when it has stopped. */
  async restart(process: Process, parts = process.parts): Promise<void> {
    const waiting = { isOver: false };
    const stopped = process.runner.stop().then(() => (waiting.isOver = true));
    while (!waiting.isOver) await this.turn();
    await stopped;
    this.processes = this.processes.filter((other) => other !== process);
    await this.start(process.stage, parts);
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
