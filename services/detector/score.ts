// (score before, pause, newcomer mark) -> score after: a running log-likelihood ratio "storm against talk", in nats.
// A reply-all in a storm draws replies within minutes; talk answers over hours. The score gains when a reply comes sooner
// than talk explains, loses what a storm would have brought in the pause, and never falls below 0.

import type { ScoreKernel } from "../../shared/domain/detector-settings.ts";

export interface ScoreState {
  /** Event time of the last reply that counted, of the first mail at the start. */
  readonly at: number;
  readonly stormIntensity: number;
  /** Talk intensity by delay: minutes, hours, days. */
  readonly talkIntensity: readonly [number, number, number];
  readonly score: number;
  readonly scoreUnmarked: number;
}

/** The three terms of one step and the state after it. */
export interface ScoreChange {
  readonly after: ScoreState;
  readonly timing: number;
  readonly pause: number;
}

/** After months of silence the intensities underflow, and the ratio of two zeros is no number. */
const INTENSITY_MIN = 1e-300;

/** The state right after a thread's first mail. */
export function firstScore(at: number): ScoreState {
  return { at, stormIntensity: 1, talkIntensity: [1, 1, 1], score: 0, scoreUnmarked: 0 };
}

/** Folds one reply by a new replier in. `at` is ms since the epoch and not before `before.at`. */
export function scoreAfter(before: ScoreState, at: number, mark: number, kernel: ScoreKernel): ScoreChange {
  const decayed = decay(before, at - before.at, kernel);
  const timing = timingEvidence(decayed, kernel);
  const paused = Math.max(0, before.score - decayed.expected);
  const pausedUnmarked = Math.max(0, before.scoreUnmarked - decayed.expected);
  const [minutes, hours, days] = decayed.talk;
  const after: ScoreState = {
    at,
    stormIntensity: decayed.storm + 1,
    talkIntensity: [minutes + 1, hours + 1, days + 1],
    score: Math.max(0, paused + timing + mark),
    scoreUnmarked: Math.max(0, pausedUnmarked + timing),
  };
  return { after, timing, pause: paused - before.score };
}

/** The score at a later time without a further reply. */
export function scoreAt(state: ScoreState, at: number, kernel: ScoreKernel): number {
  return at <= state.at ? state.score : Math.max(0, state.score - decay(state, at - state.at, kernel).expected);
}

/** Event time from which a storm would bring less than one reply in `calmMs`. */
export function fadedAt(state: ScoreState, calmMs: number, kernel: ScoreKernel): number {
  const repliesExpected = (kernel.stormReplies * state.stormIntensity * calmMs) / kernel.stormDelayMs;
  return repliesExpected <= 1 ? state.at : state.at + kernel.stormDelayMs * Math.log(repliesExpected);
}

interface Decayed {
  readonly storm: number;
  readonly talk: readonly [number, number, number];
  /** Replies expected in the pause, storm minus talk. */
  readonly expected: number;
}

function decay(before: ScoreState, pauseMs: number, kernel: ScoreKernel): Decayed {
  const stormLeft = Math.exp(-pauseMs / kernel.stormDelayMs);
  const stormExpected = kernel.stormReplies * before.stormIntensity * (1 - stormLeft);
  const talk: [number, number, number] = [0, 0, 0];
  let talkExpected = 0;
  for (const index of [0, 1, 2] as const) {
    const left = Math.exp(-pauseMs / kernel.talkDelaysMs[index]);
    talkExpected += kernel.talkWeights[index] * before.talkIntensity[index] * (1 - left);
    talk[index] = Math.max(INTENSITY_MIN, before.talkIntensity[index] * left);
  }
  return {
    storm: Math.max(INTENSITY_MIN, before.stormIntensity * stormLeft),
    talk,
    expected: stormExpected - kernel.talkReplies * talkExpected,
  };
}

function timingEvidence(decayed: Decayed, kernel: ScoreKernel): number {
  const stormRate = (kernel.stormReplies * decayed.storm) / kernel.stormDelayMs;
  let talkRate = 0;
  for (const index of [0, 1, 2] as const) {
    talkRate += (kernel.talkWeights[index] * decayed.talk[index]) / kernel.talkDelaysMs[index];
  }
  return Math.log(stormRate / (kernel.talkReplies * talkRate));
}
