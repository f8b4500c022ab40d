// StormAlert -> the lines a person reads on a telephone: what happens, where, since when, what to do. Log text is made printable.

import { hasUnprintable } from "../../../shared/domain/printable-text.ts";
import { stormAlertStory } from "../../../shared/domain/storm-alert-text.ts";
import { alertTitle } from "../../../shared/domain/storm-alert-title.ts";
import {
  localClock,
  ratePerMinute,
  scoreInWords,
  shownText,
  wholeNumber,
} from "../../../shared/domain/storm-alert-words.ts";
import type { AdviceSystem, StormAlert } from "../../../shared/domain/storm-alert.ts";

const NAME_CHARS_MAX = 100;
const SUBJECT_CHARS_MAX = 120;
const ADVICE_CHARS_MAX = 400;

export interface ShortTextOptions {
  /** IANA name of the zone in which times are shown. */
  readonly timeZone: string;
  /** Mail systems whose advice is shown; default all. */
  readonly advice?: readonly AdviceSystem[];
}

export interface ShortAdvice {
  readonly text: string;
  /** Can be pasted into a shell; empty where there is none. */
  readonly command: string;
}

export interface ShortText {
  /** `CRITICAL storm on all@example.org`, `Over: storm on all@example.org`. */
  readonly title: string;
  /** One fact each, without line breaks. */
  readonly facts: readonly string[];
  /** First steps, only for a storm that opens. */
  readonly advice: readonly ShortAdvice[];
  /** `storm 3f… revision 2`. */
  readonly ids: string;
}

export function shortText(alert: StormAlert, options: ShortTextOptions): ShortText {
  return {
    title: alertTitle(alert),
    facts: [
      stormAlertStory(alert),
      ...(alert.subject === undefined ? [] : [`subject: ${shownText(alert.subject, SUBJECT_CHARS_MAX)}`]),
      origin(alert, options.timeZone),
      ...(alert.type === "storm.resolved" ? [] : [load(alert), why(alert)]),
    ],
    advice: alert.type === "storm.opened" ? adviceOf(alert, options) : [],
    ids: `storm ${shownText(alert.stormId, NAME_CHARS_MAX)} revision ${alert.revision}`,
  };
}

function origin(alert: StormAlert, timeZone: string): string {
  const clock = localClock(timeZone);
  const starter = alert.starter === undefined ? "somebody unknown" : shownText(alert.starter, NAME_CHARS_MAX);
  return `started by: ${starter}, ${clock.time(alert.startedAt)} on ${clock.date(alert.startedAt)} (${timeZone})`;
}

function load(alert: StormAlert): string {
  const { deliveriesSoFar, deliveriesPerMinute } = alert.evidence;
  const soFar = `${wholeNumber(deliveriesSoFar)} so far, ${ratePerMinute(deliveriesPerMinute)} a minute`;
  return `deliveries: ${soFar}; at least ${wholeNumber(alert.forecast.atLeast)} more accepted, not yet delivered`;
}

function why(alert: StormAlert): string {
  const { score } = alert.evidence;
  const chance = alert.evidence.steps.length === 0 ? "" : `, score ${score.toFixed(1)} (${scoreInWords(score)})`;
  return `why: ${alert.reasons.join(", ")}${chance}`;
}

/** A command that was tampered with is left out, as in the alert's own text. */
function adviceOf(alert: StormAlert, { advice: systems }: ShortTextOptions): ShortAdvice[] {
  const wanted = systems === undefined ? alert.advice : alert.advice.filter(({ system }) => systems.includes(system));
  return wanted.map(({ system, text, command }) => ({
    text: `do now (${system}): ${shownText(text, ADVICE_CHARS_MAX)}`,
    command: command.split("\n").some(hasUnprintable) ? "" : command,
  }));
}
