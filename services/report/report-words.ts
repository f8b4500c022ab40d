// Names, shares and numbers of the report in words.

import { shownText, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { Between, Incident } from "./incident.ts";

const NAME_CHARS_MAX = 120;
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/** Text of a log, safe to show, on one line. */
export function shownName(text: string): string {
  return shownText(text, NAME_CHARS_MAX);
}

/** What a storm is called: its list, else its subject or thread. */
export function nameOf({ list, subject, threadKey }: Incident): string {
  return shownName(list ?? subject ?? threadKey ?? "a thread without a list");
}

/** `person`: as the log calls them. */
export function somebody(person: string | undefined): string {
  return person === undefined ? "somebody unknown" : shownName(person);
}

/** `third`, `21st`. */
export function ordinal(place: number): string {
  const word = ORDINALS[place - 1];
  if (word !== undefined) return word;
  const tens = place % 100;
  const ending = tens >= 11 && tens <= 13 ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${wholeNumber(place)}${ending}`;
}

/** `97 %`; a part is never all of it, nor none. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0 %";
  const share = (part / whole) * 100;
  if (part < whole && share >= 99) return `${Math.min(99.9, Math.floor(share * 10) / 10).toFixed(1)} %`;
  return share < 1 ? `${Math.max(0.1, share).toFixed(1)} %` : `${Math.round(share)} %`;
}

/** Of a storm that goes on a share may also fall: what was accepted before a stop is delivered all the same. */
export function soFar(words: string, calmAt: number | undefined): string {
  return calmAt === undefined ? `${words} so far` : words;
}

/** `97 %`: what a stop at squall's alert would have averted of the deliveries or, where the log tells of none, of the recipients. */
export function spared({ alertStop, delivered, recipients, calmAt }: Incident): string {
  const share = delivered > 0 ? percent(alertStop.averted, delivered) : percent(alertStop.laterRecipients, recipients);
  return soFar(share, calmAt);
}

/** `1 person`, `216 people`. */
export function people(amount: number): string {
  return amount === 1 ? "1 person" : `${wholeNumber(amount)} people`;
}

/** `1 delivery`, `840,000 deliveries`. */
export function deliveries(amount: number): string {
  return amount === 1 ? "1 delivery" : `${wholeNumber(amount)} deliveries`;
}

/** `16`, `16 to 20`. */
export function between({ least, most }: Between): string {
  return least === most ? wholeNumber(least) : `${wholeNumber(least)} to ${wholeNumber(most)}`;
}

/** `16 deliveries`, `16 to 20 deliveries`, `at most 20 deliveries`. */
export function deliveriesBetween({ least, most }: Between): string {
  if (least === most) return deliveries(most);
  return least === 0 ? `at most ${deliveries(most)}` : `${wholeNumber(least)} to ${deliveries(most)}`;
}

/** `840,000`, `8.4 M`: on an axis. */
export function shortNumber(value: number): string {
  if (value < 10_000) return Number.isInteger(value) ? wholeNumber(value) : value.toFixed(1);
  const [unit, word] = value >= 1e9 ? [1e9, "bn"] : value >= 1e6 ? [1e6, "M"] : [1e3, "k"];
  const amount = value / unit;
  return `${Number.isInteger(amount) || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${word}`;
}
