// The numbers of one storm, each with what it is of, and until when it was counted.

import type { StormView } from "../console-view.ts";
import { el } from "./elements.ts";
import { decimal, GROWTH_MINUTES, growthInWords, type LocalClock, short, spanInWords, whole } from "./words.ts";

const MINUTE_MS = 60_000;
/** Mail goes on: what was counted so long ago is not what is. */
const OLD_MS = 150_000;
/** What a rate is of. */
const RATE_MS = 5 * MINUTE_MS;
const PERISHED_MS = 10 * MINUTE_MS;
/** Said of what is shown beside newer numbers. */
const BEHIND_MS = 15_000;
/** What is shown shortly from here on. */
const SHORT_FROM = 10_000;

/** How the page shows it, and when it is. */
export interface Around {
  readonly clock: LocalClock;
  readonly now: Date;
}

export interface Shown extends Around {
  readonly storm: StormView;
}

/** How long ago it was, where that is long for what changes with every mail: in words. */
export function oldOf(at: string, now: Date): string | undefined {
  const ms = now.getTime() - Date.parse(at);
  return ms > OLD_MS ? spanInWords(ms) : undefined;
}

/** Queue ids that were named then are another mail's now. */
export function isPerished({ detectedAt }: StormView, now: Date): boolean {
  return now.getTime() - Date.parse(detectedAt) > PERISHED_MS;
}

/** What its last alert counted stands beside newer numbers. */
export function isBehind({ detectedAt }: StormView, now: Date): boolean {
  return now.getTime() - Date.parse(detectedAt) > BEHIND_MS;
}

export function factsOf({ storm, clock, now }: Shown): HTMLElement[] {
  const at = (time: string): string => clock.dated(new Date(time), now);
  const counted = oldOf(storm.countedTo, now) === undefined ? "" : ` until ${at(storm.countedTo)}`;
  const ageMs = Date.parse(storm.countedTo) - Date.parse(storm.startedAt);
  const { arrow, words } = growthInWords({ ...storm, isNew: ageMs < GROWTH_MINUTES * MINUTE_MS });
  return [
    fact(
      "replies to all",
      whole(storm.replyAlls),
      storm.repliers === 0 ? "" : `by ${isBehind(storm, now) ? "at least " : ""}${people(storm)}`,
    ),
    fact(
      "replies a minute",
      `${decimal(storm.repliesPerMinute)} ${arrow}`,
      `${ageMs < RATE_MS ? "since it began" : "of the last 5 min"}${counted}; ${words}`,
    ),
    ...lastAnswer(storm, clock),
    fact("recipients of each", short(storm.reach), storm.reach < SHORT_FROM ? "" : whole(storm.reach)),
    storm.deliveries === 0
      ? fact("deliveries so far", "\u2013", "none told of yet")
      : fact("deliveries so far", short(storm.deliveries), `${short(storm.deliveriesPerMinute)} a minute${counted}`),
    storm.state === "over" ? fact("over since", at(storm.resolvedAt ?? storm.detectedAt), "") : toCome(storm, at, now),
  ];
}

/** Whoever stopped the list wants to see that nobody answers any more. */
function lastAnswer({ lastReplyAt, countedTo, state }: StormView, clock: LocalClock): HTMLElement[] {
  if (lastReplyAt === undefined || state === "over") return [];
  const quietMs = Date.parse(countedTo) - Date.parse(lastReplyAt) - MINUTE_MS;
  const note = quietMs < 2 * MINUTE_MS ? "" : `${spanInWords(quietMs)} ago; over after 30 min without one`;
  return [fact("last answer", clock.minute(new Date(lastReplyAt)), note)];
}

/** What was counted with the last alert, and has gone out since, must not look like what is still to come. */
function toCome(storm: StormView, at: (time: string) => string, now: Date): HTMLElement {
  const { forecast, undelivered, detectedAt } = storm;
  const said = `accepted, and not delivered at ${at(detectedAt)}`;
  const old = oldOf(detectedAt, now);
  // Of what was queued then more has gone out than is left.
  const isVoid = undelivered !== undefined && undelivered < forecast.atLeast;
  if (old === undefined && !isVoid) return fact("still to come, at least", short(forecast.atLeast), said);
  if (undelivered === 0) return fact("still queued", "none", "all that was accepted is delivered");
  if (undelivered !== undefined) {
    return fact("still queued, at most", short(undelivered), "accepted, and not delivered yet");
  }
  return fact("still to come", "?", `at least ${short(forecast.atLeast)} ${said}, ${old ?? ""} ago`);
}

function people({ repliers }: StormView): string {
  return repliers === 1 ? "one person" : `${whole(repliers)} people`;
}

function fact(label: string, value: string, note: string): HTMLElement {
  return el(
    "div",
    {},
    el("dt", {}, label),
    el("dd", {}, value),
    ...(note === "" ? [] : [el("dd", { class: "fact-note" }, note)]),
  );
}
