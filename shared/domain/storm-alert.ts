// StormAlert: one step in the life of one storm. detector -> alerter, console, and one NDJSON line of `squall replay`.

export type StormScope = "thread" | "list";
export type StormAlertType = "storm.watch" | "storm.opened" | "storm.updated" | "storm.resolved";
export const SEVERITIES = ["watch", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Why a storm (or watch) was raised, a closed set. `near` is a watch by score alone, `price-gate` an opening rule held back by the gate,
 *  `open-list` a first mail to a very large list, `outside-senders` a list burst by outsiders. */
export const STORM_REASONS = [
  "cascade",
  "pace",
  "burst",
  "crowd",
  "list-burst",
  "automatic",
  "near",
  "price-gate",
  "open-list",
  "outside-senders",
] as const;
export type StormReason = (typeof STORM_REASONS)[number];

/** One step of the score: three terms a person can read, in nats. */
export interface ScoreStep {
  /** Event time of the reply, ms since the epoch. */
  readonly at: number;
  readonly secondsSinceLast: number;
  readonly person: string;
  /** Evidence of the reply's timing. */
  readonly timing: number;
  /** Evidence of who wrote: +2.14 newcomer, -1.79 known, 0 cold list. */
  readonly newcomer: number;
  /** What the pause took away (0 or negative). */
  readonly pause: number;
  /** Score after the step. */
  readonly score: number;
}

export interface StormEvidence {
  readonly replyAlls: number;
  /** People who wrote them in the hour before `detectedAt`. */
  readonly distinctRepliers: number;
  readonly autoReplies: number;
  readonly audience: number;
  /** Reply-alls of the last 5 minutes before detectedAt, a minute. */
  readonly repliesPerMinute: number;
  /** Deliveries of the last 5 whole minutes before detectedAt, a minute. */
  readonly deliveriesPerMinute: number;
  /** Deliveries in minutes that ended before detectedAt. */
  readonly deliveriesSoFar: number;
  /** Reply-alls of the last 15 minutes over those of the 15 before (at least 1). */
  readonly growthFactor: number;
  readonly score: number;
  /** The last 10 at most. */
  readonly steps: readonly ScoreStep[];
  readonly firstMessageId: string;
  /** The last 50 at most. */
  readonly messageIds: readonly string[];
}

export interface StormForecast {
  /** Always the same. It promises no time: how long the queue takes nobody knows, and no mail that is yet to be written is counted. */
  readonly minutes: 15;
  /** Recipients accepted and not yet delivered. */
  readonly atLeast: number;
}

/** Mail systems that advice is given for. */
export const ADVICE_SYSTEMS = ["postfix", "exim", "exchange", "microsoft365", "mailman"] as const;
export type AdviceSystem = (typeof ADVICE_SYSTEMS)[number];

/** How to stop the list or clear the queue on one mail system; `command` can be pasted into a shell of that system. */
export interface Advice {
  readonly system: AdviceSystem;
  readonly text: string;
  readonly command: string;
  /** It names mails by what the server soon gives to others: at once, or not at all. */
  readonly isPerishable?: true;
}

export interface StormAlert {
  readonly v: 1;
  readonly type: StormAlertType;
  readonly stormId: string;
  readonly revision: number;
  readonly site: string;
  /** The scope that opened it. */
  readonly scope: StormScope;
  readonly scopes: readonly StormScope[];
  readonly threadKey: string;
  readonly list?: string;
  readonly subject?: string;
  /** Who wrote the first message, in clear or as a pseudonym. */
  readonly starter?: string;
  readonly severity: Severity;
  /** ms since the epoch. At thread scope the first message, at list scope the first of the burst. */
  readonly startedAt: number;
  /** Event time of the event that decided. */
  readonly detectedAt: number;
  readonly resolvedAt?: number;
  readonly reasons: readonly StormReason[];
  readonly evidence: StormEvidence;
  readonly forecast: StormForecast;
  readonly advice: readonly Advice[];
}
