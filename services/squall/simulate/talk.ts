// a list and a model of talk -> when who answers which turn: a branching process held to the pace of the list.

import { createEventQueue } from "./event-queue.ts";
import { MINUTE } from "./mail.ts";
import type { MailList } from "./mail-list.ts";
import type { Random } from "./random.ts";
import { talkDelay } from "./reply-process.ts";

export interface TalkOptions {
  readonly list: MailList;
  readonly startAt: number;
  /** Mean number of answers to the first mail and to each later one. */
  readonly answersToFirst: number;
  readonly branching: number;
  readonly repliesMax: number;
  /** People who take part, the starter not among them. */
  readonly participants: number;
  /** Divides the delays of ordinary talk. */
  readonly livelier?: number;
}

export interface Turn {
  readonly at: number;
  readonly person: number;
  /** Number of the turn it answers; 0 is the first mail. */
  readonly answers: number;
}

/** Up to this many members everybody knows everybody, and quick banter is ordinary. */
const BANTER_MEMBERS_MAX = 300;
/** On bigger lists people see that somebody has just answered, and wait: at most so many others within so long. */
const PACE_LIMITS: readonly (readonly [spanMicros: number, people: number])[] = [
  [20 * MINUTE, 2],
  [60 * MINUTE, 5],
];

/** The turns of a conversation in order of time: a branching process with the delays of real talk, held to the pace of the list. */
export function talk(random: Random, options: TalkOptions, endAt: number): Turn[] {
  const events = createEventQueue();
  const turns: Turn[] = [];
  const mayBanter = options.list.members <= BANTER_MEMBERS_MAX;
  const answerTo = (answers: number, mean: number, from: number, not: number): void => {
    for (let left = random.poisson(mean); left > 0; left -= 1) {
      const at = from + talkDelay(random, options.livelier ?? 1);
      // The starter speaks again now and then; nobody answers themselves.
      const person = random.chance(0.2) ? 0 : 1 + random.int(options.participants);
      if (person !== not) events.schedule(at, () => speak({ at, person, answers }));
    }
  };
  const speak = (turn: Turn): void => {
    if (turns.length >= options.repliesMax || turn.at >= endAt) return;
    if (!mayBanter && tooLively(turns, turn)) return;
    turns.push(turn);
    answerTo(turns.length, options.branching, turn.at, turn.person);
  };
  answerTo(0, options.answersToFirst, options.startAt, 0);
  while (events.size() > 0) events.runNext();
  return turns;
}

function tooLively(turns: readonly Turn[], turn: Turn): boolean {
  return PACE_LIMITS.some(([span, people]) => {
    const recent = turns.filter((earlier) => earlier.at > turn.at - span).map((earlier) => earlier.person);
    return new Set([...recent, turn.person]).size > people;
  });
}
