// seed, model -> when people answer: the storm model (a cascade that uses up its pool) and the model of ordinary talk.

import { createEventQueue } from "./event-queue.ts";
import { MINUTE, SECOND } from "./mail.ts";
import { itemAt, type Random } from "./random.ts";

export interface StormModel {
  /** People who would answer at all. */
  readonly pool: number;
  /** Mean number of answers to the first mail, and to every later one while the pool is full. */
  readonly answersToFirst: number;
  readonly branching: number;
  readonly medianDelaySeconds: number;
  readonly sigma: number;
  /** Share of those who answer that does so a second time. */
  readonly againShare: number;
  readonly audience: number;
  readonly deliveriesPerSecond: number;
  readonly startAt: number;
  readonly until: number;
  /** Seconds after the one before, at least and at most, at which the first answers come; default: those of the NHS. */
  readonly openingGaps?: readonly (readonly [low: number, high: number])[];
  /** Drawn anew, at most 50 times, until there are as many. */
  readonly repliesMin?: number;
}

/** One reply-all: who (a number in the pool), when, and which one it answers (-1: the first mail). */
export interface StormReply {
  readonly at: number;
  readonly person: number;
  readonly answers: number;
}

/** Seconds after the one before at which the first three answers come. On record they are there within minutes. */
const OPENING_GAPS: readonly (readonly [low: number, high: number])[] = [
  [40, 90],
  [15, 75],
  [10, 80],
];
const FIRST_MAIL = -1;
const SHORTEST_ANSWER = 20 * SECOND;
const DRAWS_MAX = 50;

/** The reply-alls of a storm in order of time. */
export function stormReplies(random: Random, model: StormModel): StormReply[] {
  let replies = drawReplies(random, model);
  for (let draws = 1; draws < DRAWS_MAX && replies.length < (model.repliesMin ?? 0); draws += 1)
    replies = drawReplies(random, model);
  return replies;
}

/** Waves of one storm: each begins again with the first mail, with people who have not answered yet. */
export function waveReplies(random: Random, waves: readonly StormModel[]): StormReply[] {
  const all: (StormReply & { readonly wave: number; readonly own: number })[] = [];
  let people = 0;
  for (const [wave, model] of waves.entries()) {
    const replies = stormReplies(random, model);
    for (const [own, reply] of replies.entries()) all.push({ ...reply, person: reply.person + people, wave, own });
    people += model.pool;
  }
  all.sort((a, b) => a.at - b.at);
  const placeOf = new Map(all.map(({ wave, own }, place) => [`${wave}/${own}`, place]));
  return all.map(({ at, person, answers, wave }) => ({
    at,
    person,
    answers: placeOf.get(`${wave}/${answers}`) ?? FIRST_MAIL,
  }));
}

/** Mail waits while the system is behind, so answers to it come later too. */
function drawReplies(random: Random, model: StormModel): StormReply[] {
  const events = createEventQueue();
  const replies: StormReply[] = [];
  let peopleUsed = 0;
  let backlog = model.audience;
  let backlogAt = model.startAt;
  const later = (from: number): number => {
    const waitSeconds = (random.next() * backlog) / model.deliveriesPerSecond;
    const delaySeconds = waitSeconds + random.logNormal(model.medianDelaySeconds, model.sigma);
    return from + Math.max(SHORTEST_ANSWER, Math.round(delaySeconds * SECOND));
  };
  const answerTo = (parent: number, mean: number, from: number): void => {
    for (let left = random.poisson(mean); left > 0; left -= 1) events.schedule(later(from), (at) => speak(at, parent));
  };
  const speak = (at: number, answers: number, again?: number): void => {
    const person = again ?? peopleUsed;
    if (person >= model.pool || at >= model.until) return;
    backlog = Math.max(0, backlog - ((at - backlogAt) / SECOND) * model.deliveriesPerSecond) + model.audience;
    backlogAt = at;
    replies.push({ at, person, answers });
    const own = replies.length - 1;
    if (again === undefined) peopleUsed += 1;
    if (again === undefined && random.chance(model.againShare)) {
      events.schedule(later(Math.max(at, opening)), (secondAt) => speak(secondAt, own, person));
    }
    answerTo(own, model.branching * (1 - peopleUsed / model.pool), Math.max(at, opening));
  };
  let opening = model.startAt;
  const openings = (model.openingGaps ?? OPENING_GAPS).map(
    ([low, high]) => (opening += Math.round(random.between(low, high) * SECOND)),
  );
  for (const at of openings) speak(at, FIRST_MAIL);
  answerTo(FIRST_MAIL, Math.max(0, model.answersToFirst - openings.length), opening);
  while (events.size() > 0) events.runNext();
  return replies;
}

/** The kernel of ordinary talk: shares and mean delays in seconds, as real threads show it. */
const TALK_KERNEL: readonly (readonly [share: number, meanSeconds: number])[] = [
  [0.06, 600],
  [0.34, 7200],
  [0.6, 130_000],
];

/** One delay of ordinary talk, in microseconds. */
export function talkDelay(random: Random, livelier = 1): number {
  let left = random.next();
  const [, mean] = TALK_KERNEL.find(([share]) => (left -= share) < 0) ?? itemAt(TALK_KERNEL, TALK_KERNEL.length - 1);
  return Math.round((MINUTE / 2 + random.exponential(mean) * SECOND) / livelier);
}
