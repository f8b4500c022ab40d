// judgements of threads -> the few threads that came nearest to a storm without becoming one, for the summary.

import { counted, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import { type Judgement, type PriceGate, type RuleDistance } from "./storm-rules.ts";
import type { Thread } from "./thread-table.ts";

/** A thread's nearest moment. */
export interface Closeness extends RuleDistance {
  readonly gate: PriceGate;
  readonly audience: number;
  readonly distinctRepliers: number;
  readonly repliersMin: number;
}

export interface NearestThread {
  readonly threadKey: string;
  readonly list?: string;
  readonly subject?: string;
  readonly starter?: string;
  readonly startedAt: number;
  readonly replyAlls: number;
  /** Distinct repliers of the hour at its nearest moment. */
  readonly distinctRepliers: number;
  readonly audience: number;
  readonly peakScore: number;
  readonly rule: string;
  readonly value: number;
  readonly threshold: number;
  readonly closeness: number;
  readonly gate: { readonly deliveries: number; readonly needed: number };
  readonly why: string;
}

/** Threads kept as candidates: more than are shown, since some open later. */
const CANDIDATES_MAX = 64;

/** Notes the judgement where it is nearer than what was known of the thread. */
export function noteCloseness(
  candidates: Thread[],
  thread: Thread,
  judgement: Judgement,
  people: { readonly audience: number; readonly distinctRepliers: number; readonly repliersMin: number },
): void {
  const before = thread.nearest;
  if (before !== undefined && before.closeness >= judgement.nearest.closeness) return;
  thread.nearest = { ...judgement.nearest, gate: judgement.gate, ...people };
  if (candidates.includes(thread)) return;
  const last = candidates.length < CANDIDATES_MAX ? undefined : farthestOf(candidates);
  if (last === undefined) candidates.push(thread);
  else if (byCloseness(thread, last) < 0) candidates[candidates.indexOf(last)] = thread;
}

/** The nearest first; threads of a storm that opened are left out. */
export function nearestThreads(candidates: readonly Thread[], count: number, allowSubject: boolean): NearestThread[] {
  return candidates
    .filter((thread) => !thread.everOpened)
    .sort(byCloseness)
    .slice(0, count)
    .flatMap((thread) => (thread.nearest === undefined ? [] : [describe(thread, thread.nearest, allowSubject)]));
}

function farthestOf(candidates: readonly Thread[]): Thread | undefined {
  let farthest = candidates[0];
  for (const thread of candidates) if (farthest === undefined || byCloseness(thread, farthest) > 0) farthest = thread;
  return farthest;
}

function byCloseness(one: Thread, other: Thread): number {
  const difference = (other.nearest?.closeness ?? 0) - (one.nearest?.closeness ?? 0);
  if (difference !== 0) return difference;
  return one.first.at - other.first.at || (one.key < other.key ? -1 : 1);
}

function describe(thread: Thread, nearest: Closeness, allowSubject: boolean): NearestThread {
  const [list] = thread.lists;
  const { message } = thread.first;
  return {
    threadKey: thread.key,
    ...(list === undefined ? {} : { list: list.address }),
    ...(allowSubject && message.subject !== undefined ? { subject: message.subject } : {}),
    ...(thread.first.person === undefined ? {} : { starter: thread.first.person }),
    startedAt: thread.first.at,
    replyAlls: thread.replyAlls,
    distinctRepliers: nearest.distinctRepliers,
    audience: nearest.audience,
    peakScore: thread.peakScore,
    rule: nearest.rule,
    value: nearest.value,
    threshold: nearest.threshold,
    closeness: nearest.closeness,
    gate: { deliveries: nearest.gate.deliveries, needed: nearest.gate.needed },
    why: reasonWhy(nearest),
  };
}

/** One sentence for an operator: what was missing. */
function reasonWhy(nearest: Closeness): string {
  const { gate, rule, distinctRepliers, audience } = nearest;
  const people = `${distinctRepliers} ${distinctRepliers === 1 ? "person" : "people"} in an hour`;
  if (distinctRepliers < nearest.repliersMin) {
    return `${people} answered all; a storm needs at least ${nearest.repliersMin}`;
  }
  const value = Number.isInteger(nearest.value) ? String(nearest.value) : nearest.value.toFixed(1);
  const price = `at ${counted(audience, "recipient")} that is ${wholeNumber(gate.deliveries)} of the ${wholeNumber(gate.needed)} deliveries that page`;
  if (nearest.value < nearest.threshold) {
    return `${people}; ${rule} was at ${value} of ${nearest.threshold}${gate.passed ? "" : `, and ${price}`}`;
  }
  if (!gate.passed) {
    return `${rule} held, but ${price}`;
  }
  return `${rule} held, but the settings of the list allow a watch at most`;
}
