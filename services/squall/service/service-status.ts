// Health and metrics of one service, and the port that tells them: open before a broker answers, so that it can be seen to wait.

import { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import type { ListenAddress } from "../../../shared/runtime/listen-address.ts";
import { createMetrics } from "../../../shared/runtime/metrics.ts";
import { openStatusServer } from "../../../shared/runtime/status-server.ts";
import type { ServiceConfig } from "../service-settings.ts";
import { AlerterPartition } from "../../alerter/alerter-partition-shell.ts";
import type { Heartbeat } from "../../alerter/heartbeat-shell.ts";
import { tellingCounts } from "./alerter-metrics.ts";
import { addServiceMetrics } from "./role-metrics.ts";
import { ALIVE, readiness, type RunningService } from "./running-service.ts";
import { RecorderService } from "./recorder-service.ts";
import { foldsOf, StageService } from "./stage-service.ts";
import { METRICS_MEND } from "../port-mends.ts";

export interface ServiceStatus {
  /** Where it listens. */
  readonly address: ListenAddress | undefined;
  /** Of an alerter: it is ready, and alerts would come; undefined: another process hears of that. */
  readonly isWell: boolean | undefined;
  /** What is counted from here on. */
  readonly count: (service: StageService | RecorderService) => void;
  readonly running: (service: RunningService) => void;
  readonly stopping: () => void;
  /** A receiver took an alert, so long after it was decided, ms. */
  readonly told: (latencyMs: number) => void;
  readonly beats: (heartbeat: Heartbeat) => void;
  readonly close: () => Promise<void>;
}

/**
 * Throws ListenError when the port cannot be opened. It ends the service, where standalone goes on without: the probes of whoever runs
 * services ask this port and would end one that does not answer, and another process of the group takes its partitions over.
 */
export async function openServiceStatus(
  { role, metrics: { address } }: ServiceConfig,
  version: string,
): Promise<ServiceStatus> {
  let running: RunningService | undefined;
  let counted: StageService | RecorderService | undefined;
  let isStopping = false;
  const ready = () => readiness(running, isStopping);
  const metrics = createMetrics({
    service: role,
    version,
    nodeVersion: process.versions.node,
    ofProcess: address !== undefined,
  });
  const notificationLatency = new HistogramCounts();
  let beating: Heartbeat | undefined;
  const stage = () => (counted instanceof StageService ? counted : undefined);
  addServiceMetrics(metrics, role, {
    stage,
    recorder: () => (counted instanceof RecorderService ? counted.status : undefined),
    telling: tellingCounts(stage, { notificationLatency, heartbeat: () => beating?.counters }),
    clocks: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
  });
  const health = { alive: () => ALIVE, ready };
  const server =
    address === undefined ? undefined : await openStatusServer({ address, metrics, health, mend: METRICS_MEND });
  return {
    address: server?.address,
    get isWell() {
      const alive = foldsOf(stage(), AlerterPartition).map((fold) => fold.isPipelineAlive(Date.now()));
      const isAlive = alive.find((one) => one !== undefined);
      return isAlive === undefined ? undefined : isAlive && ready().ok;
    },
    count: (service) => void (counted = service),
    running: (service) => void (running = service),
    stopping: () => void (isStopping = true),
    told: (latencyMs) => {
      notificationLatency.observe(latencyMs / 1000);
    },
    beats: (heartbeat) => void (beating = heartbeat),
    close: async () => server?.close(),
  };
}
