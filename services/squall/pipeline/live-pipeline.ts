// The stages chained in one process, acting on arrival: what came in is told on at once, revisions at most once a second.

import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import { HistogramCounts } from "../../../shared/runtime/histogram-counts.ts";
import { eventSink } from "../../assembler/assembler-settings.ts";
import type { HostTable } from "../../ingest/host-table.ts";
import { LiveState } from "./live-state.ts";
import { type FollowedInput, LiveTime } from "./live-time.ts";
import type { PipelineOptions } from "./stages.ts";
import { Stages } from "./stages.ts";

const REVISION_MS = 1_000;
/** How long hosts are remembered at least when there are too many. */
const HOSTS_TURN_MS = 3_600_000;

export interface LiveOptions extends PipelineOptions {
  /** Hosts of all inputs. */
  readonly hosts: HostTable;
}

export class LivePipeline {
  readonly stages: Stages;
  /** How far mails lay behind the stream time of the turn before when they came, s. */
  readonly lateness = new HistogramCounts();
  private readonly hosts: HostTable;
  private readonly time: LiveTime;
  private streamTimeMs = Number.NEGATIVE_INFINITY;
  private revisedAt = Number.NEGATIVE_INFINITY;
  private hostsTurnedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LiveOptions) {
    this.stages = new Stages(options);
    this.hosts = options.hosts;
    this.time = new LiveTime(options.detector.allowedLatenessMs);
  }

  /**
   * Passes on all that was read, and lets time pass. To be called behind what was fed, and once a second at least when nothing was: a
   * silent log lets storms end and windows close. `nowMs`: our own clock, ms since the epoch; `inputs`: all that are followed.
   */
  advance(nowMs: number, inputs: readonly FollowedInput[]): void {
    const { streamTimeMs, watermark, isSetBack } = this.time.at(nowMs, inputs);
    if (isSetBack) {
      this.stages.setBack(watermark);
      this.revisedAt = Number.NEGATIVE_INFINITY;
      this.streamTimeMs = Number.NEGATIVE_INFINITY;
    }
    this.advanceTo(streamTimeMs, watermark);
    if (Math.abs(nowMs - this.hostsTurnedAt) < HOSTS_TURN_MS) return;
    this.hostsTurnedAt = nowMs;
    this.hosts.forgetUnseen();
  }

  /** The same by times that are given. `watermark`: stream time less the allowed lateness, ms; `streamTimeMs`: highest event time. */
  advanceTo(streamTimeMs: number, watermark: number): void {
    const { table, assembler } = this.stages;
    table.drain(Number.POSITIVE_INFINITY, (slice) => {
      assembler.applyNow(slice, watermark, this.sink);
    });
    this.streamTimeMs = streamTimeMs;
    if (streamTimeMs < this.revisedAt + REVISION_MS) return;
    this.revisedAt = streamTimeMs;
    assembler.passTime(watermark);
    assembler.emitRevisions(this.sink);
    this.stages.tick(watermark);
  }

  /** From now on what changes is noted. To be called before anything is fed. The detector's state is its own matter. */
  keepState(): LiveState {
    const { time, stages } = this;
    return new LiveState(stages.assembler.keepState(), {
      state: () => ({ ...time.state(), revisedAt: this.revisedAt }),
      restore: ({ revisedAt, ...times }) => {
        this.revisedAt = revisedAt;
        time.restore(times);
      },
    });
  }

  private readonly sink = eventSink((event: MailEvent): void => {
    if (event.revision === 1) this.lateness.observe((this.streamTimeMs - event.at) / 1000);
    this.stages.detect(event);
  });
}
