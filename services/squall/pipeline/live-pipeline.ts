// The stages chained in one process, acting on arrival: what came in is told on at once, revisions at most once a second.

import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import { eventSink } from "../../assembler/assembler-settings.ts";
import type { PipelineOptions } from "./stages.ts";
import { Stages } from "./stages.ts";

const REVISION_MS = 1_000;

export class LivePipeline {
  readonly stages: Stages;
  private revisedAt = Number.NEGATIVE_INFINITY;

  constructor(options: PipelineOptions) {
    this.stages = new Stages(options);
  }

  /** Passes on all that was read. `watermark`: stream time less the allowed lateness, ms; `streamTimeMs`: highest event time. */
  advance(streamTimeMs: number, watermark: number): void {
    const { table, assembler } = this.stages;
    table.drain(Number.POSITIVE_INFINITY, (slice) => {
      assembler.applyNow(slice, watermark, this.sink);
    });
    if (streamTimeMs < this.revisedAt + REVISION_MS) return;
    this.revisedAt = streamTimeMs;
    this.stages.assembler.emitRevisions(this.sink);
    this.stages.tick(watermark);
  }

  private readonly sink = eventSink((event: MailEvent): void => {
    this.stages.detect(event);
  });
}
