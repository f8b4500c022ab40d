// A service -> the metrics it has.

import { DECODE_REASONS } from "../../../shared/domain/decode-fault.ts";
import type { Metrics } from "../../../shared/runtime/metrics.ts";
import { REJECTION_REASONS } from "../../ingest/rejection.ts";
import type { ServiceRole } from "../service-settings.ts";
import { addReceiverMetrics, type TellingCounts } from "../standalone/receiver-metrics.ts";
import { addAssemblerMetrics } from "./assembler-metrics.ts";
import { addDetectorMetrics } from "./detector-metrics.ts";
import { addIngestMetrics } from "./ingest-metrics.ts";
import { addRecorderMetrics, type CountedRecorder } from "./recorder-metrics.ts";
import { addStageMetrics, type CountedStage, type ServiceClocks } from "./service-metrics.ts";

export interface CountedService {
  /** Undefined until the brokers answered, and of the recorder. */
  readonly stage: () => CountedStage | undefined;
  /** Of the recorder. */
  readonly recorder: () => CountedRecorder | undefined;
  /** Of the alerter. */
  readonly telling: TellingCounts;
  readonly clocks: ServiceClocks;
}

export function addServiceMetrics(metrics: Metrics, role: ServiceRole, counted: CountedService): void {
  const { stage, recorder, telling, clocks } = counted;
  if (role === "recorder") addRecorderMetrics(metrics, recorder);
  else {
    const reasons = role === "ingest" ? REJECTION_REASONS : DECODE_REASONS;
    addStageMetrics(metrics, stage, { ...clocks, reasons });
  }
  if (role === "ingest") addIngestMetrics(metrics, stage);
  if (role === "assembler") addAssemblerMetrics(metrics, stage);
  if (role === "detector") addDetectorMetrics(metrics, stage);
  if (role === "alerter") addReceiverMetrics(metrics, telling);
}
