// how far each input has come, and our own clock -> the time that live running acts by.
//
// An input that is read to its end goes on in time as our clock does, from where its log stands: so a silent log lets storms end and
// windows close. One that has more to be read, a backlog after a stop, is where its lines are. The one furthest behind counts.

import type { Ingest } from "../../ingest/ingest.ts";
import { SET_BACK_MS } from "../../ingest/stream-time.ts";

export interface FollowedInput {
  readonly ingest: Pick<Ingest, "streamTime" | "wait">;
  /** There was nothing more to be read at the end of this turn. */
  readonly isCaughtUp: boolean;
}

export interface LiveTimes {
  /** Event time of the input that has come furthest, ms; -Infinity: nothing is known yet. */
  readonly streamTimeMs: number;
  /** Event time that all inputs have come to, less the allowed lateness, ms. Goes back only with `isSetBack`. */
  readonly watermark: number;
  /** Our own clock was set back by more than an hour, and the inputs' with it. */
  readonly isSetBack: boolean;
}

/** -Infinity for a time that is not known. */
export interface LiveTimeState {
  readonly atMs: number;
  readonly reachedMs: number;
  readonly watermark: number;
  readonly isUnsure: boolean;
}

export class LiveTime {
  private readonly allowedLatenessMs: number;
  /** Our own clock when it was asked last, ms. */
  private atMs = Number.NEGATIVE_INFINITY;
  private reachedMs = Number.NEGATIVE_INFINITY;
  private watermark = Number.NEGATIVE_INFINITY;
  /** Our clock was set back, and no input has said yet where its log is now. */
  private isUnsure = false;

  constructor(allowedLatenessMs: number) {
    this.allowedLatenessMs = allowedLatenessMs;
  }

  /** `nowMs`: our own clock. Inputs that are caught up are told that they wait. */
  at(nowMs: number, inputs: readonly FollowedInput[]): LiveTimes {
    if (this.atMs > nowMs + SET_BACK_MS) this.isUnsure = true;
    const { leastMs, mostMs, isHeld } = comeTo(nowMs, inputs);
    const passedMs = Math.max(0, Number.isFinite(this.atMs) ? nowMs - this.atMs : 0);
    this.atMs = nowMs;
    const isKnown = Number.isFinite(leastMs);
    // No log says where it is: time goes on from where all were.
    this.reachedMs = isKnown ? mostMs : isHeld ? this.reachedMs : this.reachedMs + passedMs;
    let isSetBack = false;
    if (isKnown && !isHeld) {
      const watermark = leastMs - this.allowedLatenessMs;
      isSetBack = this.isUnsure && watermark < this.watermark - SET_BACK_MS;
      this.isUnsure = false;
      this.watermark = isSetBack ? watermark : Math.max(this.watermark, watermark);
    } else if (!isHeld) this.watermark += passedMs;
    return { streamTimeMs: this.reachedMs, watermark: this.watermark, isSetBack };
  }

  state(): LiveTimeState {
    const { atMs, reachedMs, watermark, isUnsure } = this;
    return { atMs, reachedMs, watermark, isUnsure };
  }

  restore(state: LiveTimeState): void {
    Object.assign(this, state);
  }
}

/** `isHeld`: an input has more to be read, and nobody knows yet from when it is. */
function comeTo(
  nowMs: number,
  inputs: readonly FollowedInput[],
): { readonly leastMs: number; readonly mostMs: number; readonly isHeld: boolean } {
  let leastMs = Number.POSITIVE_INFINITY;
  let mostMs = Number.NEGATIVE_INFINITY;
  let isHeld = false;
  for (const { ingest, isCaughtUp } of inputs) {
    const { streamTime } = ingest;
    if (isCaughtUp) ingest.wait(nowMs);
    const reachedMs = isCaughtUp ? streamTime.reached(nowMs) : streamTime.now;
    // What was read before our clock was set back says nothing any more.
    if (!Number.isFinite(reachedMs) || streamTime.arrivedAtMs > nowMs + SET_BACK_MS) {
      isHeld ||= !isCaughtUp;
      continue;
    }
    leastMs = Math.min(leastMs, reachedMs);
    mostMs = Math.max(mostMs, reachedMs);
  }
  return { leastMs, mostMs, isHeld };
}
