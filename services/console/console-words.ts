// The state of things in a sentence, and what more there is to say of it.

import { MINUTE_MS } from "../../shared/domain/delivery-minutes.ts";
import { counted, localClock, roughSpan, wholeNumber } from "../../shared/domain/storm-alert-words.ts";
import type { ConsoleStateName, HealthView, RatesView, StormView } from "./console-view.ts";

/** Silent for so long a storm may be about to end: whoever stopped it wants to see that. */
const QUIET_MS = 5 * MINUTE_MS;

export function headline(state: ConsoleStateName, count: number, isCritical: boolean): string {
  if (state === "calm") return "Calm";
  if (state === "unknown") return "Not known";
  if (state === "watch") return count === 1 ? "Possible storm" : `${wholeNumber(count)} possible storms`;
  if (count === 1) return isCritical ? "Critical reply-all storm" : "Reply-all storm";
  return `${wholeNumber(count)} reply-all storms`;
}

/** `first`: the worst; `more`: of the same state. */
export function detail(first: StormView | undefined, more: number, timeZone: string): string {
  if (first === undefined) return "";
  const { list, subject, threadKey, story, silenced, lastReplyAt, countedTo } = first;
  const others = more > 0 ? `, and ${wholeNumber(more)} more` : "";
  const silentMs = lastReplyAt === undefined ? 0 : Date.parse(countedTo) - Date.parse(lastReplyAt) - MINUTE_MS;
  const silent = silentMs >= QUIET_MS ? `; nobody has answered for ${roughSpan(silentMs)}` : "";
  const untold = silenced === undefined ? "" : `; silenced until ${minuteIn(timeZone, Date.parse(silenced.until))}`;
  return `${list ?? subject ?? threadKey}: ${story}${silent}${untold}${others}`;
}

/** `09:31`. */
export function minuteIn(timeZone: string, atMs: number): string {
  return localClock(timeZone).time(atMs).slice(0, 5);
}

export function unknownDetail(health: readonly HealthView[], { deliveries }: RatesView): string {
  const why = health.find(({ state }) => state === "down") ?? health.find(({ state }) => state === "slow");
  if (why !== undefined) return `${why.name}: ${why.words}`;
  return sum(deliveries) === 0 ? "nothing was read yet" : "nothing was read yet; what is shown was known before";
}

/** `last`: what has ended last, in a calm hour. */
export function endedWords(last: StormView | undefined, timeZone: string): string {
  return last?.resolvedAt === undefined ? "" : `a storm ended at ${minuteIn(timeZone, Date.parse(last.resolvedAt))}; `;
}

/** A log that tells of no deliveries has none to be counted. */
export function quietDetail({ replyAlls, deliveries }: RatesView, when: string): string {
  const answers = sum(replyAlls);
  const told = answers === 0 ? "no reply-alls" : counted(answers, "reply-all");
  const delivered = sum(deliveries);
  if (delivered === 0) return `${told} ${when}`;
  return `${told} and ${delivered === 1 ? "1 delivery" : `${wholeNumber(delivered)} deliveries`} ${when}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
