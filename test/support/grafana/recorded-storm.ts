// The storm of 2016, small, simulated and worked out by replay, its windows and alerts stored by a recorder in a real InfluxDB.

import { join } from "node:path";
import { loadConfiguration } from "../../../services/squall/configuration.ts";
import { createInfluxWriter } from "../../../shared/adapters/influx/influx-writer.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import { replayChunks } from "../../e2e/memory-input.ts";
import { ROOT } from "../../e2e/squall-process.ts";
import { ManualClock } from "../manual-clock.ts";
import { MemoryBroker } from "../memory-log/memory-broker.ts";
import type { RealInflux } from "../real-influx.ts";
import { createTopics, RecorderRun, write } from "../recorder-run.ts";
import { collect } from "../simulated-log.ts";

export const SITE = "nhs";

export interface WorkedOutStorm {
  readonly windows: readonly ThreadWindow[];
  readonly alerts: readonly StormAlert[];
  readonly startedMs: number;
  readonly endedMs: number;
}

/** With a gate that lets a storm of a few people open. */
export async function workedOutStorm(): Promise<WorkedOutStorm> {
  const { log, truth } = collect({ scenario: "nhs-2016", seed: 1, scale: 0.0002 });
  const path = join(ROOT, "test/testdata/small-lists-page.yaml");
  const config = await loadConfiguration({ config: path, emitWindows: true, site: SITE }, {});
  const windows: ThreadWindow[] = [];
  const { alerts } = await replayChunks([log].values(), config, (window) => void windows.push(window));
  return { windows, alerts, startedMs: Date.parse(truth.startedAt), endedMs: Date.parse(truth.endedAt) };
}

/** `nowMs`: of the recorder's clock; its own lag is stored with it. */
export async function recordStorm(
  influx: RealInflux,
  { windows, alerts }: Pick<WorkedOutStorm, "windows" | "alerts">,
  nowMs: number,
): Promise<void> {
  const broker = new MemoryBroker();
  createTopics(broker);
  write(broker, [...windows, ...alerts]);
  const { url, token, org, bucket } = influx;
  const writer = createInfluxWriter({ url, token, org, bucket, timeoutMs: 10_000 });
  const run = new RecorderRun(broker, new ManualClock(nowMs));
  try {
    await run.start(url, { writer });
    await run.caughtUp(broker);
    const { points } = run.running.status().writes;
    await run.until(() => run.running.status().writes.points > points, "its own lag to be stored");
    await run.running.stop(0);
  } finally {
    writer.close();
  }
}
