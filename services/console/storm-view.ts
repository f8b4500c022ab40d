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
import { isOver } from "./storm-book.ts";

const NAME_CHARS_MAX = 320;
const ADVICE_CHARS_MAX = 4_000;

export function stormView(alert: StormAlert): StormView {
  const { evidence, forecast } = alert;
  return {
    stormId: alert.stormId,
    revision: alert.revision,
    state: isOver(alert) ? "over" : alert.severity === "watch" ? "watch" : "open",
    severity: alert.severity,
    site: shownText(alert.site, NAME_CHARS_MAX),
    ...shownIfThere("list", alert.list),
    ...shownIfThere("subject", alert.subject),
    ...shownIfThere("starter", alert.starter),
    threadKey: shownText(alert.threadKey, NAME_CHARS_MAX),
    scopes: alert.scopes,
    startedAt: encodeWireTime(alert.startedAt),
    detectedAt: encodeWireTime(alert.detectedAt),
    ...(alert.resolvedAt === undefined ? {} : { resolvedAt: encodeWireTime(alert.resolvedAt) }),
    title: alertTitle(alert),
    story: stormAlertStory(alert),
    replyAlls: evidence.replyAlls,
    repliers: evidence.distinctRepliers,
    autoReplies: evidence.autoReplies,
    reach: evidence.audience,
    repliesPerMinute: evidence.repliesPerMinute,
    deliveriesPerMinute: evidence.deliveriesPerMinute,
    deliveries: evidence.deliveriesSoFar,
    growth: evidence.growthFactor,
    score: evidence.score,
    scoreWords: scoreInWords(evidence.score),
    reasons: alert.reasons.map((reason) => ({ reason, words: reasonInWords(reason) })),
    steps: evidence.steps.map(stepView),
    forecast: {
      minutes: forecast.minutes,
      atLeast: forecast.atLeast,
      words: `at least ${wholeNumber(forecast.atLeast)} more within ${forecast.minutes} minutes: accepted, and not yet delivered`,
    },
    advice: alert.advice.map(adviceView),
  };
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
    person: shownText(step.person, NAME_CHARS_MAX),
    words: stepInWords(step),
    timing: step.timing,
    newcomer: step.newcomer,
    pause: step.pause,
    score: step.score,
  };
}

/** A command with characters that do not belong into a shell is left out: the text says what to do. */
function adviceView({ system, text, command }: Advice): AdviceView {
  const isSafe = command !== "" && !command.split("\n").some(hasUnprintable);
  return { system, text: shownText(text, ADVICE_CHARS_MAX), ...(isSafe ? { command } : {}) };
}

function shownIfThere<Name extends string>(name: Name, text: string | undefined): { readonly [Key in Name]?: string } {
  return text === undefined ? {} : ({ [name]: shownText(text, NAME_CHARS_MAX) } as { readonly [Key in Name]: string });
}
