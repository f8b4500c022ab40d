// What each threshold of a rule may be: the same for all lists (`detector.thresholds`) and for one (`lists[].thresholds`).

import { count, duration, score, whole } from "./config-values.ts";

const people = whole(2, 100_000);
/** Within how long people are counted: shorter than 10 s no two people answer, a day is no burst. */
const span = duration("10s", "1d");

export const thresholdKinds = {
  repliersMin: whole(1, 10_000),
  cascadeScore: score,
  paceScore: score,
  paceColdScore: score,
  burstPeople: people,
  burst: span,
  crowdPeople: people,
  crowd: span,
  listBurstFastPeople: people,
  listBurstFast: span,
  listBurstSlowPeople: people,
  listBurstSlow: span,
  automaticMails: people,
  automatic: span,
  watchScore: score,
  criticalScore: score,
  criticalPeople: whole(1, 100_000),
  criticalDeliveries: count,
};
