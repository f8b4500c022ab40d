// The recorder, as one process runs it.

import { createInfluxWriter } from "../../../shared/adapters/influx/influx-writer.ts";
import { consumerGroup } from "../../../shared/domain/topics.ts";
import type { Clock } from "../../../shared/runtime/clock.ts";
import type { PointWriter } from "../../../shared/runtime/point-writer.ts";
import type { TopicLog } from "../../../shared/runtime/topic-log.ts";
import { recorderEventInWords } from "../../recorder/recorder-event.ts";
import { type RecorderService as Recording, startRecorder } from "../../recorder/recorder-shell.ts";
import type { RecorderStatus } from "../../recorder/recorder-status-shell.ts";
import type { InfluxSettings, ServiceConfig } from "../service-settings.ts";
import type { RunningService } from "./running-service.ts";

/** Of the 10 s that a process has to end. */
const STOP_MS = 7_000;

export interface RecorderServiceOptions {
  readonly config: ServiceConfig;
  readonly log: TopicLog;
  /** Of squall. */
  readonly version: string;
  readonly clock: Clock;
  /** A clock that only goes forward, ms. */
  readonly monotonicMs: () => number;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

export class RecorderService implements RunningService {
  private readonly options: RecorderServiceOptions;
  private readonly writer: PointWriter;
  private readonly ended = Promise.withResolvers<void>();
  private recording: Recording | undefined;
  private rebalances = 0;

  constructor(options: RecorderServiceOptions) {
    this.options = options;
    const { influx } = options.config;
    if (influx === undefined) throw new Error("squall recorder without InfluxDB");
    this.writer = createInfluxWriter(influxOptions(influx));
    // Nobody may be waiting yet.
    this.ended.promise.catch(() => undefined);
  }

  /** `rebalances`: how often partitions were given or taken. */
  get status(): (RecorderStatus & { readonly rebalances: number }) | undefined {
    const status = this.recording?.status();
    return status === undefined ? undefined : { ...status, rebalances: this.rebalances };
  }

  get isReady(): boolean {
    const { partitions = [] } = this.status ?? {};
    return this.recording !== undefined && partitions.every(({ isReading }) => isReading);
  }

  get waitsFor(): string {
    return this.recording === undefined ? "group joined" : "place to read from found";
  }

  async start(): Promise<void> {
    const { config, log, version, clock, monotonicMs, say } = this.options;
    const { topics } = config.kafka;
    this.recording = await startRecorder({
      log: this.counting(log),
      writer: this.writer,
      clock,
      monotonicMs,
      random: Math.random,
      group: consumerGroup(topics["thread-windows"], "recorder"),
      windowsTopic: topics["thread-windows"],
      alertsTopic: topics["storm-alerts"],
      version,
      say: (event) => say(recorderEventInWords(event)),
      onDead: (error) => {
        this.ended.reject(error);
      },
    });
    say(`reading ${topics["thread-windows"]} and ${topics["storm-alerts"]}`);
  }

  private counting(log: TopicLog): Pick<TopicLog, "endsOf" | "join" | "offsetAt" | "openPlainWriter" | "partitionsOf"> {
    return {
      endsOf: (topic) => log.endsOf(topic),
      offsetAt: (at, timestampMs) => log.offsetAt(at, timestampMs),
      openPlainWriter: () => log.openPlainWriter(),
      partitionsOf: (topic) => log.partitionsOf(topic),
      join: ({ onAssigned, onLost, ...group }) =>
        log.join({
          ...group,
          onAssigned: (given) => {
            this.rebalances += 1;
            onAssigned(given);
          },
          onLost: (lost) => {
            this.rebalances += 1;
            onLost(lost);
          },
        }),
    };
  }

  run(): Promise<void> {
    return this.ended.promise;
  }

  async stop(): Promise<void> {
    const isStored = await this.recording?.stop(STOP_MS);
    if (isStored === false) this.options.say("not everything was stored: who reads on reads it again");
    this.writer.close();
    this.ended.resolve();
  }
}

function influxOptions({ url, token, org, bucket, timeoutMs, ca }: InfluxSettings) {
  return { url, token: token?.reveal() ?? "", org, bucket, timeoutMs, ca };
}
