// A recorder on the log in memory and a fake InfluxDB, on a clock that is moved by hand.

import { createInfluxWriter } from "../../shared/adapters/influx/influx-writer.ts";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import type { StormAlert } from "../../shared/domain/storm-alert.ts";
import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import type { ThreadWindow } from "../../shared/domain/thread-window.ts";
import type { ManualClock } from "./manual-clock.ts";
import type { MemoryBroker } from "./memory-log/memory-broker.ts";
import { SlowLog } from "./memory-log/slow-log.ts";
import { pollUntil } from "./poll.ts";
import type { LogError } from "../../shared/runtime/topic-log.ts";
import type { RecorderEvent } from "../../services/recorder/recorder-event.ts";
import type { RecorderOptions, RecorderService } from "../../services/recorder/recorder-shell.ts";
import { startRecorder } from "../../services/recorder/recorder-shell.ts";

export const WINDOWS = "squall.thread-windows";
export const ALERTS = "squall.storm-alerts";
export const LETTERS = `${WINDOWS}.dead-letters`;
export const GROUP = "squall.recorder";

/** `partitions`: of the windows. */
export function createTopics(broker: MemoryBroker, partitions = 1): void {
  broker.createTopic(WINDOWS, partitions);
  broker.createTopic(ALERTS, 1);
  for (const topic of [WINDOWS, ALERTS]) broker.createTopic(`${topic}.dead-letters`, 1);
}

export class RecorderRun {
  readonly events: RecorderEvent[] = [];
  /** Why it can read no more. */
  readonly dead: LogError[] = [];
  readonly log: SlowLog;
  readonly clock: ManualClock;
  private service: RecorderService | undefined;

  constructor(broker: MemoryBroker, clock: ManualClock) {
    this.log = new SlowLog(broker);
    this.clock = clock;
  }

  /** `url`: of InfluxDB. */
  async start(url: string, change: Partial<RecorderOptions> = {}): Promise<void> {
    this.service = await startRecorder({
      log: this.log,
      writer: createInfluxWriter({ url, token: "S3cret", org: "o", bucket: "b", timeoutMs: 500 }),
      clock: this.clock,
      monotonicMs: () => this.clock.nowMs(),
      random: () => 0.5,
      group: GROUP,
      windowsTopic: WINDOWS,
      alertsTopic: ALERTS,
      version: "0.2.0",
      say: (event) => this.events.push(event),
      onDead: (error) => this.dead.push(error),
      ...change,
    });
  }

  get running(): RecorderService {
    if (this.service === undefined) throw new Error("it was not started");
    return this.service;
  }

  /** Lets time pass, step by step, until something is so. */
  async until(condition: () => boolean, what: string, stepMs = 500): Promise<void> {
    await pollUntil(
      () => {
        if (condition()) return true;
        this.clock.pass(stepMs);
        return false;
      },
      { deadlineMs: 20_000, what },
    );
  }

  /** All that was written to the topics is stored. */
  hasCaughtUp(broker: MemoryBroker): boolean {
    const { partitions, held } = this.running.status();
    return (
      partitions.length > 0 &&
      held.points === 0 &&
      partitions.every(({ isReading, nextOffset, lagRecords, topic, partition }) => {
        const { length } = broker.recordsOf({ topic, partition });
        return length === 0 || (isReading && nextOffset === length && lagRecords === 0);
      })
    );
  }

  async caughtUp(broker: MemoryBroker): Promise<void> {
    await this.until(() => this.hasCaughtUp(broker), "everything to be stored");
  }
}

export function write(
  broker: MemoryBroker,
  said: readonly (ThreadWindow | StormAlert | string)[],
  partition = 0,
): void {
  for (const one of said) {
    const line = typeof one === "string" ? one : "stormId" in one ? encodeStormAlert(one) : encodeThreadWindow(one);
    const topic = typeof one !== "string" && "stormId" in one ? ALERTS : WINDOWS;
    broker.append([{ topic, partition, key: "nhs", value: Buffer.from(`${line}\n`) }]);
  }
}
