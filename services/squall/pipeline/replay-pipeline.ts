// The stages chained in one process, in order of event time: slices of ingest -> assembler -> detector -> alerts and windows.

import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import { SLICE_MS } from "../../../shared/domain/fragment-slab.ts";
import { eventSink } from "../../assembler/assembler-settings.ts";
import type { PipelineOptions } from "./stages.ts";
import { Stages } from "./stages.ts";

/** Event time between two ticks that are not due to a slice: storms resolve and windows close before what comes after. */
const TICK_MS = 5_000;

/** Replay: every stage in order of event time, so that the output depends on the set of lines alone. */
export class ReplayPipeline {
  readonly stages: Stages;
  private watermark = Number.NEGATIVE_INFINITY;

  constructor(options: PipelineOptions) {
    // Slices come complete: once a life is over by a slice, no line of it is still to come, and none needs to be kept for.
    const removedKeptMs = options.assembler.lifeEndMs + SLICE_MS;
    this.stages = new Stages({ ...options, assembler: { ...options.assembler, removedKeptMs } });
  }

  /** All lines stamped before `completeUpToMs` have been read. */
  advance(completeUpToMs: number): void {
    const { table, assembler } = this.stages;
    table.drain(completeUpToMs, (slice) => {
      this.tick(assembler.applySlice(slice, this.sink));
    });
  }

  /** The input ended: everything is released, no time passes. */
  finish(): void {
    this.advance(Number.POSITIVE_INFINITY);
    this.stages.assembler.finish(this.sink);
  }

  private readonly sink = eventSink((event: MailEvent): void => {
    if (event.revision === 1 && event.at >= this.watermark + TICK_MS) this.tick(event.at);
    this.stages.detect(event);
  });

  private tick(watermark: number): void {
    if (watermark <= this.watermark) return;
    this.watermark = watermark;
    this.stages.tick(watermark);
  }
}
