// DetectorSettings: every number of the storm rule, of its bounds and of what one list may set for itself.
// Read by the detector, filled by the configuration. Durations end in Ms, scores are in nats.

import { type DetectorBounds, defaultDetectorBounds } from "./detector-bounds.ts";
import { defaultRelaySettings, type RelaySettings } from "./relay-settings.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What an opening rule needs. A list may set its own. */
export interface RuleThresholds {
  /** Distinct repliers of the last hour without which no rule opens. */
  readonly repliersMin: number;
  /** `cascade`: score on a warm list. */
  readonly cascadeScore: number;
  /** `pace`: score without newcomer marks. */
  readonly paceScore: number;
  /** `pace` on a list without history. */
  readonly paceColdScore: number;
  /** `burst`: distinct people within burstMs. */
  readonly burstPeople: number;
  readonly burstMs: number;
  /** `crowd`: distinct people within crowdMs. */
  readonly crowdPeople: number;
  readonly crowdMs: number;
  /** `list-burst`: distinct posters, the first included, within the fast or within the slow time. */
  readonly listBurstFastPeople: number;
  readonly listBurstFastMs: number;
  readonly listBurstSlowPeople: number;
  readonly listBurstSlowMs: number;
  /** `automatic`: mails sent by machines to the list itself within automaticMs. */
  readonly automaticMails: number;
  readonly automaticMs: number;
  /** Score of a watch. */
  readonly watchScore: number;
  /** Score that is critical together with criticalPeople. */
  readonly criticalScore: number;
  readonly criticalPeople: number;
  /** Audience x repliers of the last hour above which a storm is critical. */
  readonly criticalDeliveries: number;
}

/** What one list, or all lists a glob names, set for themselves. The first rule that matches and has a field decides it. */
export interface ListRule {
  /** Glob on the list's address: `*` any characters, `?` one. Case does not matter. */
  readonly list: string;
  /** People on the list, where the mail system does not show its expansion. */
  readonly audience?: number;
  readonly priceGateDeliveries?: number;
  readonly thresholds?: Partial<RuleThresholds>;
  /** Never a storm, never a watch. */
  readonly exempt?: boolean;
  /** Nobody is expected to answer all: the first reply-all is a watch. */
  readonly announceOnly?: boolean;
  /** Until then (ms since the epoch) rules raise at most a watch. */
  readonly expectedRepliesUntil?: number;
  /** Registrable domains whose mail may open a storm at list scope, beside the list's own. */
  readonly trustedDomains?: readonly string[];
}

/** The two point processes that are compared: replies of a storm and replies of ordinary talk. */
export interface ScoreKernel {
  /** Replies one reply draws in a storm, and their mean delay. */
  readonly stormReplies: number;
  readonly stormDelayMs: number;
  /** Replies one reply draws in talk, spread over three delays by weight. */
  readonly talkReplies: number;
  readonly talkWeights: readonly [number, number, number];
  readonly talkDelaysMs: readonly [number, number, number];
  /** Evidence of a newcomer and of a known writer on a warm list. */
  readonly newcomerMark: number;
  readonly knownMark: number;
}

export interface DetectorSettings {
  readonly allowedLatenessMs: number;
  /** Older than this behind the watermark: counted and dropped. */
  readonly expiredAfterMs: number;
  /** Recipients from which a message can be part of a storm. */
  readonly replyAllReach: number;
  /** A message that stayed small is forgotten so long after its last event; one that reached many after the other. */
  readonly smallMessageKeepMs: number;
  readonly fanOutKeepMs: number;
  /** A person, or an envelope sender, is one replier within this time. */
  readonly distinctMs: number;
  /** Repliers of this time weigh in the price gate. */
  readonly recentMs: number;
  readonly newcomerMs: number;
  readonly warmReplies: number;
  readonly warmAfterRepliesMs: number;
  readonly warmAgeMs: number;
  readonly warmPersons: number;
  readonly audienceDays: number;
  readonly subjectKeepMs: number;
  /** Logins known to be used by many. */
  readonly sharedLogins: readonly string[];
  /** A login is shared from sharedAfterMs after this many From addresses were seen under it. */
  readonly sharedFromAddresses: number;
  readonly sharedAfterMs: number;
  readonly relays: RelaySettings;
  readonly kernel: ScoreKernel;
  readonly thresholds: RuleThresholds;
  readonly priceGateDeliveries: number;
  /** From this audience on scores may be hugeScoreRelief lower and hugeRepliersMin repliers are enough. */
  readonly hugeAudience: number;
  readonly hugeScoreRelief: number;
  readonly hugeRepliersMin: number;
  readonly openListAudience: number;
  /** No new replier for so long ends a storm; so does an expected storm reply rate below one in that time. */
  readonly calmMs: number;
  /** A second wave within this time after the end continues the storm. */
  readonly hysteresisMs: number;
  readonly provisionalEveryMs: number;
  /** Windows are counted in any case; false keeps them out of the output. */
  readonly emitWindows: boolean;
  /** Subjects may stand in alerts. */
  readonly allowSubject: boolean;
  readonly nearestThreads: number;
  readonly listRules: readonly ListRule[];
  readonly bounds: DetectorBounds;
}

const defaultThresholds: RuleThresholds = {
  repliersMin: 3,
  cascadeScore: 10,
  paceScore: 12,
  paceColdScore: 11,
  burstPeople: 6,
  burstMs: 10 * MINUTE_MS,
  crowdPeople: 9,
  crowdMs: HOUR_MS,
  listBurstFastPeople: 4,
  listBurstFastMs: 5 * MINUTE_MS,
  listBurstSlowPeople: 5,
  listBurstSlowMs: 10 * MINUTE_MS,
  automaticMails: 20,
  automaticMs: 10 * MINUTE_MS,
  watchScore: 7,
  criticalScore: 12,
  criticalPeople: 5,
  criticalDeliveries: 1_000_000,
};

const defaultKernel: ScoreKernel = {
  stormReplies: 3,
  stormDelayMs: 900 * SECOND_MS,
  talkReplies: 0.6,
  talkWeights: [0.06, 0.34, 0.6],
  talkDelaysMs: [600 * SECOND_MS, 7200 * SECOND_MS, 130_000 * SECOND_MS],
  newcomerMark: 2.14,
  knownMark: -1.79,
};

export const defaultDetectorSettings: DetectorSettings = {
  allowedLatenessMs: 30 * SECOND_MS,
  expiredAfterMs: 2 * HOUR_MS,
  replyAllReach: 20,
  smallMessageKeepMs: 30 * MINUTE_MS,
  fanOutKeepMs: 5 * DAY_MS,
  distinctMs: HOUR_MS,
  recentMs: 15 * MINUTE_MS,
  newcomerMs: HOUR_MS,
  warmReplies: 30,
  warmAfterRepliesMs: DAY_MS,
  warmAgeMs: 30 * DAY_MS,
  warmPersons: 5,
  audienceDays: 31,
  subjectKeepMs: 7 * DAY_MS,
  sharedLogins: [],
  sharedFromAddresses: 6,
  sharedAfterMs: DAY_MS,
  relays: defaultRelaySettings,
  kernel: defaultKernel,
  thresholds: defaultThresholds,
  priceGateDeliveries: 10_000,
  hugeAudience: 100_000,
  hugeScoreRelief: 3,
  hugeRepliersMin: 2,
  openListAudience: 25_000,
  calmMs: 30 * MINUTE_MS,
  hysteresisMs: 2 * HOUR_MS,
  provisionalEveryMs: 10 * SECOND_MS,
  emitWindows: true,
  allowSubject: true,
  nearestThreads: 5,
  listRules: [],
  bounds: defaultDetectorBounds,
};
