// reply-alls in order, audience -> what squall's published rule makes of them at a price gate: certainly a storm, perhaps, or silence.
// Only counts are used, not the score: what a person can check with a pencil. So "opens" is an upper bound, and silence a promise.

import { MINUTE } from "./mail.ts";

/** One mail to everybody by somebody other than the starter, or by a machine. */
export interface ReplyAll {
  /** When it fanned out. */
  readonly at: number;
  readonly person: string;
  /** A header or a kept subject ties it to the conversation. What nothing ties is a thread of its own, and counts for less. */
  readonly tied: boolean;
}

export interface Course {
  /** Recipients of each mail. */
  readonly audience: number;
  /** In order of time. */
  readonly replyAlls: readonly ReplyAll[];
  /** The mails are machines': each counts, whoever sent it. */
  readonly automatic: boolean;
  /** The first answers come within seconds of one another: the score is there after a few. Without it only `burst` and `crowd` count. */
  readonly quickOpening: boolean;
}

export interface ExpectedOutcome {
  /** `opens`: the rule holds by counts alone. `may-open`: the price is reached, and the score decides. `silent`: the price is never reached, or never by 3 people. */
  readonly verdict: "opens" | "may-open" | "silent";
  /** The reply-all, counted from 1, at which it opens at the latest; or of which on it may. */
  readonly replyAll?: number;
}

const RECENT = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const BURST: Rule = { within: 10 * MINUTE, people: 6 };
const CROWD: Rule = { within: HOUR, people: 9 };
const AUTOMATIC: Rule = { within: 10 * MINUTE, people: 20 };
const PEOPLE_MIN = 3;
/** From this audience on two people are enough. */
const HUGE_AUDIENCE = 100_000;
/** Reply-alls after which a quick opening has the score, whatever the seed: measured, with gaps of 40 to 90, 15 to 75 and 10 to 80 s. */
const QUICK = 5;
const QUICK_HUGE = 3;

interface Rule {
  readonly within: number;
  readonly people: number;
}

export function expectedOutcome(course: Course, gateDeliveries: number): ExpectedOutcome {
  const { audience, automatic, quickOpening } = course;
  const isHuge = audience >= HUGE_AUDIENCE;
  const peopleMin = isHuge ? PEOPLE_MIN - 1 : PEOPLE_MIN;
  const surelyBy = quickOpening ? (isHuge ? QUICK_HUGE : QUICK) : Infinity;
  const rules = automatic ? [AUTOMATIC] : [BURST, CROWD];
  let mayOpenAt: number | undefined;
  for (let n = 1; n <= course.replyAlls.length; n += 1) {
    const within = (span: number): number => peopleWithin(course, n, span);
    const hour = within(HOUR);
    if (hour < peopleMin || audience * (hour + within(RECENT)) < gateDeliveries) continue;
    const holds = rules.some((rule) => within(rule.within) >= rule.people);
    if (holds || n >= surelyBy) return { verdict: "opens", replyAll: n };
    if (!automatic) mayOpenAt ??= n;
  }
  return mayOpenAt === undefined ? { verdict: "silent" } : { verdict: "may-open", replyAll: mayOpenAt };
}

/** Different people among those of the first `n` mails that came within `span` of the last. */
function peopleWithin({ replyAlls, automatic }: Course, n: number, span: number): number {
  const from = (replyAlls[n - 1]?.at ?? 0) - span;
  const people = new Set<string>();
  for (let index = n - 1; index >= 0; index -= 1) {
    const mail = replyAlls[index];
    if (mail === undefined || mail.at <= from) break;
    if (mail.tied) people.add(automatic ? String(index) : mail.person);
  }
  return people.size;
}
