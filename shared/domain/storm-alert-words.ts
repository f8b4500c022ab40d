// Names, numbers and times of a StormAlert -> words for a person.

import { printableText } from "./printable-text.ts";
import type { ScoreStep, StormReason } from "./storm-alert.ts";

const REASON_WORDS: Readonly<Record<StormReason, string>> = {
  cascade: "people who had never written to this list answer faster than any talk: each answer draws the next",
  pace: "the answers come faster than ordinary talk, whoever writes them",
  burst: "six or more people answered within 10 minutes",
  crowd: "nine or more people answered within an hour",
  "list-burst": "several people write to the list at once, with or without a common thread",
  automatic: "mails sent by machines to the list itself, twenty or more within 10 minutes",
  near: "the evidence comes close to a storm",
  "price-gate": "a rule for a storm holds, but too few deliveries are at stake to wake somebody",
  "open-list": "a first mail to a very large list whose senders are normally others",
  "outside-senders": "several outsiders write to the list at once: spam rather than reply-alls",
};

/** Why a storm or watch was raised, as a clause. */
export function reasonInWords(reason: StormReason): string {
  return REASON_WORDS[reason];
}

/** One step of the score: `41 s after the last: +3.6; never wrote to this list: +2.1; expected in the pause: -0.4`. */
export function stepInWords(step: ScoreStep): string {
  const parts = [`${spanInWords(step.secondsSinceLast * 1000)} after the last: ${signed(step.timing)}`];
  if (step.newcomer > 0) parts.push(`never wrote to this list: ${signed(step.newcomer)}`);
  else if (step.newcomer < 0) parts.push(`has written to this list before: ${signed(step.newcomer)}`);
  parts.push(`expected in the pause: ${signed(step.pause)}`);
  return parts.join("; ");
}

/** What the score says of chance: `ordinary talk looks like this about once in 22,000 threads`. */
export function scoreInWords(score: number): string {
  if (score < 1) return "no more than ordinary talk has";
  const threads = Math.exp(Math.min(score, 20));
  const magnitude = 10 ** Math.max(0, Math.floor(Math.log10(threads)) - 1);
  const about = score > 20 ? "less than" : "about";
  return `ordinary talk looks like this ${about} once in ${wholeNumber(Math.round(threads / magnitude) * magnitude)} threads`;
}

/** A length of time in its two largest units: `41 s`, `3 min 26 s`, `1 h 46 min`, `2 d 3 h`. */
export function spanInWords(spanMs: number): string {
  const seconds = Math.max(0, Math.round(spanMs / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 3600) return twoUnits(seconds, 60, ["min", "s"]);
  if (seconds < 86_400) return twoUnits(Math.round(seconds / 60), 60, ["h", "min"]);
  return twoUnits(Math.round(seconds / 3600), 24, ["d", "h"]);
}

function twoUnits(amount: number, each: number, units: readonly [string, string]): string {
  const large = Math.floor(amount / each);
  const small = amount - large * each;
  return small === 0 ? `${large} ${units[0]}` : `${large} ${units[0]} ${small} ${units[1]}`;
}

/** A length of time in its largest unit, for a headline: `41 s`, `3 min`, `2 h`. */
export function roughSpan(spanMs: number): string {
  const seconds = Math.max(0, Math.round(spanMs / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** `840,000`; fractions are rounded. */
export function wholeNumber(value: number): string {
  if (Math.round(value) < 0) return `-${wholeNumber(-value)}`;
  const digits = `${Math.round(value)}`;
  let result = digits.slice(-3);
  for (let end = digits.length - 3; end > 0; end -= 3) {
    result = `${digits.slice(Math.max(0, end - 3), end)},${result}`;
  }
  return result;
}

/** A rate a minute: whole from ten on, else with one decimal. */
export function ratePerMinute(value: number): string {
  return value >= 10 || Number.isInteger(value) ? wholeNumber(value) : oneDecimal(value);
}

/** `10.3`; what rounds to nothing has no sign. */
export function oneDecimal(value: number): string {
  const text = value.toFixed(1);
  return text === "-0.0" ? "0.0" : text;
}

/** `1 reply-all`, `3 reply-alls`. */
export function counted(amount: number, noun: string): string {
  return `${wholeNumber(amount)} ${noun}${Math.round(amount) === 1 ? "" : "s"}`;
}

/** Text from a log, safe to print and at most `charsMax` long; what is cut ends in an ellipsis. */
export function shownText(text: string, charsMax: number): string {
  const characters = Array.from(printableText(text).trim());
  return characters.length <= charsMax ? characters.join("") : `${characters.slice(0, charsMax - 1).join("")}…`;
}

/** Local time of day and date of an event. `timeZone` is an IANA name; an unknown one throws a RangeError. */
export function localClock(timeZone: string): { time(at: number): string; date(at: number): string } {
  const time = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium", hourCycle: "h23" });
  const date = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "long" });
  return { time: (at) => time.format(at), date: (at) => date.format(at) };
}

/** `+3.6`, `-0.4`; what rounds to nothing has no sign. */
function signed(value: number): string {
  const rounded = oneDecimal(value);
  return Number(rounded) > 0 ? `+${rounded}` : rounded;
}
