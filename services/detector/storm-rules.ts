// what a thread shows at one of its replies -> which opening rules hold, whether the price gate lets them, how severe,
// and how near it is when none holds. On a huge list scores may be lower for opening and for critical, not for a watch: one
// quick newcomer would raise it in every thread.

import type { DetectorSettings, RuleThresholds } from "../../shared/domain/detector-settings.ts";
import type { StormReason } from "../../shared/domain/storm-alert.ts";
import type { RulesForList } from "./list-rules.ts";

/** A thread at one reply. */
export interface ThreadReading {
  readonly audience: number;
  readonly warm: boolean;
  readonly score: number;
  readonly scoreUnmarked: number;
  /** Of the last hour, of the last 15 minutes, and within the times of `burst` and `crowd`. */
  readonly distinctRepliers: number;
  readonly recentRepliers: number;
  readonly burstPeople: number;
  readonly crowdPeople: number;
}

/** The rule that came nearest to holding. */
export interface RuleDistance {
  readonly rule: StormReason;
  readonly value: number;
  readonly threshold: number;
  /** 1 when it holds. */
  readonly closeness: number;
}

export interface Judgement {
  /** Opening rules that hold. */
  readonly rules: readonly StormReason[];
  readonly near: boolean;
  readonly gate: PriceGate;
  readonly critical: boolean;
  readonly nearest: RuleDistance;
}

export interface PriceGate {
  readonly deliveries: number;
  readonly needed: number;
  readonly passed: boolean;
}

export function judgeThread(reading: ThreadReading, rules: RulesForList, settings: DetectorSettings): Judgement {
  const huge = reading.audience >= settings.hugeAudience;
  const relief = huge ? settings.hugeScoreRelief : 0;
  const { thresholds } = rules;
  const repliersMin = huge ? Math.min(settings.hugeRepliersMin, thresholds.repliersMin) : thresholds.repliersMin;
  const distances = ruleDistances(reading, thresholds, relief);
  const crowd = Math.min(1, reading.distinctRepliers / repliersMin);
  const holding = crowd === 1 ? distances.filter((distance) => distance.closeness >= 1) : [];
  const gate = priceGate(reading.audience, reading.distinctRepliers + reading.recentRepliers, rules);
  return {
    rules: holding.map((distance) => distance.rule),
    near: reading.score >= thresholds.watchScore,
    gate,
    critical: isCritical(reading, thresholds, relief),
    nearest: nearestOf(distances, crowd, gate),
  };
}

/** Deliveries that have been asked for: audience x (repliers of the hour + repliers of the quarter of an hour). */
export function priceGate(audience: number, repliers: number, rules: RulesForList): PriceGate {
  const deliveries = audience * repliers;
  return { deliveries, needed: rules.priceGateDeliveries, passed: deliveries >= rules.priceGateDeliveries };
}

function ruleDistances(reading: ThreadReading, thresholds: RuleThresholds, relief: number): RuleDistance[] {
  const pace = reading.warm ? thresholds.paceScore : thresholds.paceColdScore;
  const distances = [
    distanceOf("pace", reading.scoreUnmarked, pace - relief),
    distanceOf("burst", reading.burstPeople, thresholds.burstPeople),
    distanceOf("crowd", reading.crowdPeople, thresholds.crowdPeople),
  ];
  if (reading.warm) distances.unshift(distanceOf("cascade", reading.score, thresholds.cascadeScore - relief));
  return distances;
}

function distanceOf(rule: StormReason, value: number, threshold: number): RuleDistance {
  return { rule, value, threshold, closeness: threshold <= 0 ? 1 : Math.min(1, value / threshold) };
}

function isCritical(reading: ThreadReading, thresholds: RuleThresholds, relief: number): boolean {
  if (reading.audience * reading.distinctRepliers > thresholds.criticalDeliveries) return true;
  return reading.score >= thresholds.criticalScore - relief && reading.distinctRepliers >= thresholds.criticalPeople;
}

/** A rule counts as near only as far as people and price are near too. */
function nearestOf(distances: readonly RuleDistance[], crowd: number, gate: PriceGate): RuleDistance {
  let nearest = distances[0] ?? distanceOf("pace", 0, 1);
  for (const candidate of distances) if (candidate.closeness > nearest.closeness) nearest = candidate;
  const price = gate.needed <= 0 ? 1 : Math.min(1, gate.deliveries / gate.needed);
  return { ...nearest, closeness: nearest.closeness * crowd * price };
}
