// What an operator looks at: the answer of the read-only API, and all that the live page shows. Published as openapi.json.
// Times are RFC 3339 UTC with milliseconds. Texts of a log are printable; numbers stand beside the words made of them.

import type {
  AdviceSystem,
  Severity,
  StormAlertType,
  StormReason,
  StormScope,
} from "../../shared/domain/storm-alert.ts";

export interface ConsoleView {
  readonly v: 1;
  /** Our clock. */
  readonly at: string;
  /** IANA name of the zone in which the page shows times. */
  readonly timeZone: string;
  readonly state: ConsoleStateName;
  /** The state in a sentence, and what more there is to say. */
  readonly headline: string;
  readonly detail: string;
  /** Open ones, the worst first, then watches, then what has ended within the last two hours. */
  readonly storms: readonly StormView[];
  /** Of those for which there was no room there; all are under `storms`. */
  readonly moreStorms: number;
  readonly rates: RatesView;
  /** Nothing is known of the time before, where that is within the hour. */
  readonly knownFrom?: string;
  /** Those with answers within the hour, the highest score first. */
  readonly threads: readonly ScopeView[];
  readonly lists: readonly ScopeView[];
  /** The newest first. */
  readonly alerts: readonly AlertView[];
  readonly health: readonly HealthView[];
}

/** `unknown`: nobody knows, since what would tell is not read. */
export type ConsoleStateName = "calm" | "watch" | "storm" | "unknown";

export interface StormView {
  readonly stormId: string;
  readonly revision: number;
  readonly state: "open" | "watch" | "over";
  readonly severity: Severity;
  readonly site: string;
  readonly list?: string;
  readonly subject?: string;
  readonly starter?: string;
  readonly threadKey: string;
  readonly scopes: readonly StormScope[];
  readonly startedAt: string;
  /** Event time of the last word on it. */
  readonly detectedAt: string;
  /** Event time up to which the numbers are counted: `detectedAt`, or later where windows tell. */
  readonly countedTo: string;
  readonly resolvedAt?: string;
  /** Its last answer: the start of its minute where windows tell, its time where the last alert tells of a later one. */
  readonly lastReplyAt?: string;
  /** Nobody is told of it until then, since somebody said so. */
  readonly silenced?: { readonly until: string; readonly why: string };
  /** How bad and where, and what has happened, each in a line. */
  readonly title: string;
  readonly story: string;
  /** So far, and with the rates below as of `countedTo`. */
  readonly replyAlls: number;
  /** Within the hour before `detectedAt`. */
  readonly repliers: number;
  readonly autoReplies: number;
  /** Recipients of every mail. */
  readonly reach: number;
  readonly repliesPerMinute: number;
  readonly deliveriesPerMinute: number;
  readonly deliveries: number;
  /**
   * Recipients of the mails accepted so far, less deliveries: those who wait and those who were refused. Absent where the storm is older than
   * the hour that is known, and where windows do not tell.
   */
  readonly undelivered?: number;
  /** Answers of the last 15 minutes over those of the 15 before. */
  readonly growth: number;
  readonly score: number;
  readonly scoreWords: string;
  readonly reasons: readonly { readonly reason: StormReason; readonly words: string }[];
  readonly steps: readonly StepView[];
  /** As of `detectedAt`. */
  readonly forecast: { readonly minutes: number; readonly atLeast: number; readonly words: string };
  readonly advice: readonly AdviceView[];
}

export interface StepView {
  readonly at: string;
  readonly person: string;
  /** What the step added and took away, in words. */
  readonly words: string;
  readonly timing: number;
  readonly newcomer: number;
  readonly pause: number;
  /** Score after it. */
  readonly score: number;
}

export interface AdviceView {
  readonly system: AdviceSystem;
  readonly text: string;
  /** To be pasted into a shell of that system; absent where none can be given. */
  readonly command?: string;
  /** It names mails by what the server soon gives to others: of use for minutes. */
  readonly perishable?: true;
}

/** The last hour, minute by minute. */
export interface RatesView {
  /** Start of the first minute; the others follow without a gap. */
  readonly from: string;
  readonly replyAlls: readonly number[];
  readonly deliveries: readonly number[];
}

/** A thread or a list within the last hour. */
export interface ScopeView {
  readonly site: string;
  /** Thread key or address. */
  readonly key: string;
  /** The list of a thread. */
  readonly list?: string;
  /** Of a thread of which an alert told it. */
  readonly subject?: string;
  readonly replyAlls: number;
  /** How many people wrote them: windows tell them minute by minute, so that it lies between these. */
  readonly repliersAtLeast: number;
  readonly repliersAtMost: number;
  readonly reach: number;
  /** Of the last five minutes, or of all where it began later. */
  readonly repliesPerMinute: number;
  readonly growth: number;
  readonly score: number;
  readonly deliveries: number;
  readonly lastReplyAt: string;
  /** Reply-alls of the last hour, minute by minute. */
  readonly minutes: readonly number[];
}

export interface AlertView {
  readonly at: string;
  readonly type: StormAlertType;
  readonly stormId: string;
  readonly revision: number;
  readonly severity: Severity;
  readonly title: string;
  readonly story: string;
}

/** One part of the pipeline. */
export interface HealthView {
  readonly name: string;
  readonly state: "well" | "slow" | "down";
  readonly words: string;
}
