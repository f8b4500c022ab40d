// StormAlert -> how the page and the API show it.

import { hasUnprintable } from "../../shared/domain/printable-text.ts";
import { stormAlertStory } from "../../shared/domain/storm-alert-text.ts";
import { alertTitle } from "../../shared/domain/storm-alert-title.ts";
import {
  reasonInWords,
  scoreInWords,
  shownText,
  stepInWords,
  wholeNumber,
} from "../../shared/domain/storm-alert-words.ts";
import type { Advice, ScoreStep, StormAlert } from "../../shared/domain/storm-alert.ts";
import { encodeWireTime } from "../../shared/domain/wire-time.ts";
import type { AdviceView, AlertView, StepView, StormView } from "./console-view.ts";
import { firstMinute, type HourSums } from "./last-hour.ts";
import { isOver } from "./storm-book.ts";

const NAME_CHARS_MAX = 320;
const ADVICE_CHARS_MAX = 4_000;
/** Windows of minutes that go on are told every ten seconds. */
const WINDOWS_BEHIND_MS = 15_000;

/**
 * The alert as it would be said now: words on a storm come when it has doubled, its windows every few seconds. `sums`: of the storm's list or
 * thread from its first minute on, an hour at most. Of several lists they are one's: what was counted holds where it is larger.
 */
export function alertNow(told: StormAlert, sums: HourSums, eventTimeMs: number): StormNow {
  const { evidence } = told;
  const alert = {
    ...told,
    detectedAt: Math.max(eventTimeMs, told.detectedAt),
    evidence: {
      ...evidence,
      replyAlls: Math.max(evidence.replyAlls, sums.replyAlls),
      deliveriesSoFar: Math.max(evidence.deliveriesSoFar, sums.deliveries),
      repliesPerMinute: sums.repliesPerMinute,
      deliveriesPerMinute: sums.deliveriesPerMinute,
      growthFactor: sums.growth,
    },
  };
  const isWhole = told.startedAt >= firstMinute(eventTimeMs) && eventTimeMs - told.detectedAt >= WINDOWS_BEHIND_MS;
  return {
    alert,
    undelivered: isWhole ? Math.max(0, sums.recipients - sums.deliveries) : undefined,
    lastReplyAt: sums.lastReplyAt,
  };
}

/** Why nobody is told of a storm, and until when by our clock, ms. */
export interface Silencing {
  readonly until: number;
  readonly why: string;
}

export interface StormNow {
  readonly alert: StormAlert;
  /**
   * Recipients of all mails accepted since it began, less what was delivered; undefined: it began before the hour that is known, or windows
   * may not have come as far as its alert.
   */
  readonly undelivered: number | undefined;
  /** Start of the minute of its last answer, ms; -Infinity: windows tell of none. */
  readonly lastReplyAt: number;
}

export function stormState(alert: StormAlert): StormView["state"] {
  if (isOver(alert)) return "over";
  return alert.severity === "watch" ? "watch" : "open";
}

/** `told`: as it was told last; `asOf`: as it is, where windows tell; `silence`: why nobody is told of it. */
export function stormView(told: StormAlert, asOf?: StormNow, silence?: Silencing): StormView {
  const { alert = told, undelivered, lastReplyAt = Number.NEGATIVE_INFINITY } = asOf ?? {};
  const { evidence, forecast } = alert;
  const answeredAt = Math.max(lastReplyAt, ...evidence.steps.map(({ at }) => at));
  return {
    stormId: alert.stormId,
    revision: alert.revision,
    state: stormState(alert),
    severity: alert.severity,
    site: shown(alert.site),
    ...(alert.list === undefined ? {} : { list: shown(alert.list) }),
    ...(alert.subject === undefined ? {} : { subject: shown(alert.subject) }),
    ...(alert.starter === undefined ? {} : { starter: shown(alert.starter) }),
    threadKey: shown(alert.threadKey),
    scopes: alert.scopes,
    startedAt: encodeWireTime(alert.startedAt),
    detectedAt: encodeWireTime(told.detectedAt),
    countedTo: encodeWireTime(alert.detectedAt),
    ...(alert.resolvedAt === undefined ? {} : { resolvedAt: encodeWireTime(alert.resolvedAt) }),
    ...(Number.isFinite(answeredAt) ? { lastReplyAt: encodeWireTime(answeredAt) } : {}),
    ...(silence === undefined ? {} : { silenced: silenceView(silence) }),
    title: alertTitle(alert),
    story: stormAlertStory(alert),
    replyAlls: evidence.replyAlls,
    repliers: evidence.distinctRepliers,
    autoReplies: evidence.autoReplies,
    reach: evidence.audience,
    repliesPerMinute: evidence.repliesPerMinute,
    deliveriesPerMinute: evidence.deliveriesPerMinute,
    deliveries: evidence.deliveriesSoFar,
    ...(undelivered === undefined ? {} : { undelivered }),
    growth: evidence.growthFactor,
    score: evidence.score,
    scoreWords: scoreInWords(evidence.score),
    reasons: alert.reasons.map((reason) => ({ reason, words: reasonInWords(reason) })),
    steps: evidence.steps.map(stepView),
    forecast: {
      minutes: forecast.minutes,
      atLeast: forecast.atLeast,
      words: `at least ${wholeNumber(forecast.atLeast)} more: accepted, and not yet delivered when it was last told`,
    },
    advice: alert.advice.map(adviceView),
  };
}

function silenceView({ until, why }: Silencing): NonNullable<StormView["silenced"]> {
  return { until: encodeWireTime(until), why: shown(why) };
}

export function alertView(alert: StormAlert): AlertView {
  return {
    at: encodeWireTime(alert.resolvedAt ?? alert.detectedAt),
    type: alert.type,
    stormId: alert.stormId,
    revision: alert.revision,
    severity: alert.severity,
    title: alertTitle(alert),
    story: stormAlertStory(alert),
  };
}

function stepView(step: ScoreStep): StepView {
  return {
    at: encodeWireTime(step.at),
    person: shown(step.person),
    words: stepInWords(step),
    timing: step.timing,
    newcomer: step.newcomer,
    pause: step.pause,
    score: step.score,
  };
}

/** A command with characters that do not belong into a shell is left out: the text says what to do. */
function adviceView({ system, text, command, isPerishable }: Advice): AdviceView {
  const isSafe = command !== "" && !command.split("\n").some(hasUnprintable);
  return {
    system,
    text: shownText(text, ADVICE_CHARS_MAX),
    ...(isSafe ? { command } : {}),
    ...(isPerishable === true ? { perishable: true } : {}),
  };
}

function shown(text: string): string {
  return shownText(text, NAME_CHARS_MAX);
}
