// A service that folds: ingest, assembler, detector or alerter, as one process runs it.

import type { Clock } from "../../../shared/runtime/clock.ts";
import { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import type { PartitionFold } from "../../../shared/runtime/stage/partition-fold.ts";
import { StageRunner } from "../../../shared/runtime/stage/stage-runner.ts";
import type { TopicLog } from "../../../shared/runtime/topic-log.ts";
import { consumerGroup, STAGE_TOPICS, stateTopic, type TopicKind } from "../../../shared/domain/topics.ts";
import type { PartitionLinks } from "../../alerter/alerter-partition-shell.ts";
import type { Telling } from "../../alerter/telling-shell.ts";
import type { ServiceConfig } from "../service-settings.ts";
import { EventTimes } from "../standalone/event-times.ts";
import { type Counts, FoldCounts } from "./fold-counts.ts";
import type { RunningService } from "./running-service.ts";
import { foldMaker } from "./service-folds.ts";
import { topicCounts } from "./topic-counts.ts";

export interface StageServiceOptions {
  readonly config: ServiceConfig;
  readonly log: TopicLog;
  /** Of squall. */
  readonly version: string;
  readonly clock: Clock;
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
  /** One line for a person. */
  readonly say: (line: string) => void;
  readonly createTelling: (links: PartitionLinks) => Telling;
}

/** What the last takeovers took. */
export interface TakeoverCounts {
  count: number;
  entries: number;
  bytes: number;
  longestMs: number;
}

interface StageParts {
  readonly runner: {
    readonly status: () => readonly { readonly task: { readonly fold: PartitionFold } | undefined }[];
  };
}

/** The folds of one stage's kind, of the partitions that the process has and whose state is read. */
export function foldsOf<Fold extends PartitionFold>(
  service: StageParts | undefined,
  kind: abstract new (...args: never) => Fold,
): Fold[] {
  return (service?.runner.status() ?? []).flatMap(({ task }) => (task?.fold instanceof kind ? [task.fold] : []));
}

export class StageService implements RunningService {
  readonly runner: StageRunner;
  readonly inputTopic: string;
  readonly takeovers: TakeoverCounts = { count: 0, entries: 0, bytes: 0, longestMs: 0 };
  readonly times = new EventTimes();
  /** How far mails lay behind the time of their site when they came, s. */
  readonly lateness = new HistogramCounts();
  private readonly options: StageServiceOptions;
  private readonly folds = new FoldCounts();

  private constructor(options: StageServiceOptions, counts: ReadonlyMap<TopicKind, number>) {
    this.options = options;
    const { config, log, clock, monotonicMs, say, version, createTelling } = options;
    const [kind = "mail-logs"] = STAGE_TOPICS[config.role].inputs;
    this.inputTopic = config.kafka.topics[kind];
    this.runner = new StageRunner({
      log,
      group: consumerGroup(this.inputTopic, config.role),
      inputTopic: this.inputTopic,
      stateTopic: stateTopic(this.inputTopic, config.role),
      createFold: foldMaker(config, {
        version,
        partitionsOf: (one) => counts.get(one) ?? 0,
        createTelling,
        nowMs: () => clock.nowMs(),
        times: this.times,
        lateness: this.lateness,
      }),
      flushEveryMs: config.flushEveryMs,
      clock,
      monotonicMs,
      say,
      onRestored: ({ at: { partition }, fold, restored: { entries, bytes, tookMs } }) => {
        const { takeovers } = this;
        this.folds.came(fold);
        takeovers.count += 1;
        takeovers.entries += entries;
        takeovers.bytes += bytes;
        takeovers.longestMs = Math.max(takeovers.longestMs, tookMs);
        say(
          `partition ${partition} taken over: ${entries} entries, ${bytes} bytes of state in ${Math.round(tookMs)} ms`,
        );
      },
      onFlushed: (tookMs) => {
        this.times.flush(tookMs);
      },
      onGone: (fold) => {
        this.folds.left(fold);
      },
    });
  }

  /** Looks at the topics. Rejects with LogError. */
  static async create(options: StageServiceOptions): Promise<StageService> {
    return new StageService(options, await topicCounts(options.config, options.log));
  }

  /** What the process has counted; nothing before its first partition. */
  get counts(): Counts {
    return this.folds.of(this.runner.status().flatMap(({ task }) => (task === undefined ? [] : [task.fold])));
  }

  get isReady(): boolean {
    return this.runner.isReady;
  }

  get waitsFor(): string {
    const waiting = this.runner.status().filter(({ task }) => task === undefined);
    if (waiting.length === 0) return "group joined";
    return `state of ${waiting.length === 1 ? "1 partition" : `${waiting.length} partitions`} restored`;
  }

  async start(): Promise<void> {
    const { say, config } = this.options;
    await this.runner.start();
    say(`reading ${this.inputTopic} as ${consumerGroup(this.inputTopic, config.role)}`);
  }

  run(): Promise<void> {
    return this.runner.run();
  }

  stop(): Promise<void> {
    return this.runner.stop();
  }
}
