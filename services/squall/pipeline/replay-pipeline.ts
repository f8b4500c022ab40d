// The stages chained in one process, in order of event time: slices of ingest -> assembler -> detector -> alerts and windows.

import { SLICE_MS } from "../../../shared/domain/packed/fragment-slab.ts";
import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import type { PackedMails } from "../../../shared/domain/packed/packed-mails.ts";
import { ACCEPTED_AT } from "../../../shared/domain/packed/layout.ts";
import type { MailSink } from "../../assembler/assembler-settings.ts";
import type { ClosedSlice } from "../../ingest/combine.ts";
import type { WrongClock } from "./set-aside.ts";
import { SetAside } from "./set-aside.ts";
import type { PipelineOptions } from "./stages.ts";
import { Stages } from "./stages.ts";

/** Event time between two ticks that are not due to a slice: storms resolve and windows close before what comes after. */
const TICK_MS = 5_000;
/** Pieces of mails in the table, and slices, from which on those of wrong clocks no longer wait for the log to come to their time. */
const WAITING_PIECES_MAX = 50_000;
const WAITING_SLICES_MAX = 5_000;

/** Replay: every stage in order of event time, so that the output depends on the set of lines alone. */
export class ReplayPipeline implements MailSink {
  readonly stages: Stages;
  private readonly setAside = new SetAside();
  private watermark = Number.NEGATIVE_INFINITY;

  constructor(options: PipelineOptions) {
    // Slices come complete: once a life is over by a slice, no line of it is still to come, and none needs to be kept for.
    const removedKeptMs = options.assembler.lifeEndMs + SLICE_MS;
    this.stages = new Stages({ ...options, assembler: { ...options.assembler, removedKeptMs } });
  }

  /** Hosts whose lines were stamped so far ahead that no input ever came to their time. */
  get wrongClocks(): readonly WrongClock[] {
    return this.setAside.clocks();
  }

  /** All lines stamped before `completeUpToMs` have been read, and what is stamped after `latestMs` was contradicted. */
  advance(completeUpToMs: number, latestMs: number): void {
    const { table, assembler } = this.stages;
    if (table.size > WAITING_PIECES_MAX || table.openSlices > WAITING_SLICES_MAX) this.setAsideAfter(latestMs);
    table.drain(completeUpToMs, (slice) => {
      this.tick(assembler.applySlice(slice, this));
    });
  }

  /** The input ended at `untilMs` by the logs' own time: everything up to there is released, no time passes. */
  finish(untilMs: number): void {
    this.setAsideAfter(untilMs);
    this.advance(Number.POSITIVE_INFINITY, untilMs);
    this.stages.assembler.finish(this);
  }

  private setAsideAfter(ms: number): void {
    const { table } = this.stages;
    const setAside = (slice: ClosedSlice): void => this.setAside.add(slice, table.hostNames);
    table.drain(Number.POSITIVE_INFINITY, setAside, ms + 1);
  }

  /** For the assembler, as the two below. */
  event(event: MailEvent): void {
    if (event.revision === 1) this.tickUpTo(event.at);
    this.stages.detect(event);
  }

  packed(mails: PackedMails, mail: number): boolean {
    if (mails.time(mail, ACCEPTED_AT) >= this.watermark + TICK_MS) this.tick(mails.time(mail, ACCEPTED_AT));
    return this.stages.detectPacked(mails, mail);
  }

  packedRemoved(mails: PackedMails, mail: number): boolean {
    return this.stages.detectPackedRemoval(mails, mail);
  }

  private tickUpTo(ms: number): void {
    if (ms >= this.watermark + TICK_MS) this.tick(ms);
  }

  private tick(watermark: number): void {
    if (watermark <= this.watermark) return;
    this.watermark = watermark;
    this.stages.tick(watermark);
  }
}
