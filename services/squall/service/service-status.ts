// Health and metrics of one service, and the port that tells them: open before a broker answers, so that it can be seen to wait.

import type { ListenAddress } from "../../../shared/runtime/listen-address.ts";
import { createMetrics } from "../../../shared/runtime/metrics.ts";
import { openStatusServer } from "../../../shared/runtime/status-server.ts";
import type { ServiceConfig } from "../service-settings.ts";
import { ALIVE, readiness, type RunningService } from "./running-service.ts";
import { addRecorderMetrics } from "./recorder-metrics.ts";
import { RecorderService } from "./recorder-service.ts";
import { addStageMetrics } from "./service-metrics.ts";
import { StageService } from "./stage-service.ts";

const MEND = 'set another with --metrics, SQUALL_METRICS_ADDRESS or metrics: {address: …}; "off" for none';

export interface ServiceStatus {
  /** Where it listens. */
  readonly address: ListenAddress | undefined;
  readonly isReady: boolean;
  /** What is counted from here on. */
  readonly count: (service: StageService | RecorderService) => void;
  readonly running: (service: RunningService) => void;
  readonly stopping: () => void;
  readonly close: () => Promise<void>;
}

/** Throws ListenError when the port cannot be opened. */
export async function openServiceStatus(
  { role, metrics: { address } }: ServiceConfig,
  version: string,
): Promise<ServiceStatus> {
  let running: RunningService | undefined;
  let counted: StageService | RecorderService | undefined;
  let isStopping = false;
  const ready = () => readiness(running, isStopping);
  const metrics = createMetrics({ version, nodeVersion: process.versions.node, ofProcess: address !== undefined });
  const clocks = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  if (role === "recorder") {
    addRecorderMetrics(metrics, () => (counted instanceof RecorderService ? counted.status : undefined));
  } else addStageMetrics(metrics, () => (counted instanceof StageService ? counted : undefined), clocks);
  const health = { alive: () => ALIVE, ready };
  const server = address === undefined ? undefined : await openStatusServer({ address, metrics, health, mend: MEND });
  return {
    address: server?.address,
    get isReady() {
      return ready().ok;
    },
    count: (service) => void (counted = service),
    running: (service) => void (running = service),
    stopping: () => void (isStopping = true),
    close: async () => server?.close(),
  };
}
