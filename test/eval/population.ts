// messages of real lists -> how many threads and list-years there are to raise an alarm in.

import type { ListMessage } from "./real-threads.ts";
import { threadName } from "./thread-mail.ts";

const DAY_MS = 86_400_000;
const YEAR_DAYS = 365.25;
/** The archives begin long after the lists: in its first months everybody looks new. */
export const SETTLING_DAYS = 180;

export interface Population {
  readonly threads: number;
  /** Threads in which somebody else than the starter wrote. */
  readonly answered: number;
  readonly listYears: number;
}

/** What is counted apart: all there is, and what began when the list had been read for 180 days. */
export const PERIODS = ["whole", "settled"] as const;
export type Period = (typeof PERIODS)[number];

export interface ListPopulation {
  readonly list: number;
  readonly messages: number;
  readonly persons: number;
  readonly whole: Population;
  readonly settled: Population;
  /** Event time from which on the list is settled, ms. */
  readonly settledFrom: number;
}

/** By list, in order. `messages` are in order of time. */
export function populations(messages: readonly ListMessage[]): ListPopulation[] {
  const lists = [...new Set(messages.map(({ list }) => list))].toSorted((a, b) => a - b);
  return lists.map((list) => listPopulation(messages.filter((message) => message.list === list)));
}

export function sumOf(lists: readonly ListPopulation[], period: Period): Population {
  const sum = (of: (population: Population) => number): number =>
    lists.reduce((total, population) => total + of(population[period]), 0);
  return {
    threads: sum(({ threads }) => threads),
    answered: sum(({ answered }) => answered),
    listYears: sum(({ listYears }) => listYears),
  };
}

function listPopulation(messages: readonly ListMessage[]): ListPopulation {
  const from = messages.at(0)?.at ?? 0;
  const until = messages.at(-1)?.at ?? 0;
  const settledFrom = from + SETTLING_DAYS * DAY_MS;
  const threads = new Map<string, { readonly at: number; readonly starter: number; answered: boolean }>();
  for (const message of messages) {
    const { at, person } = message;
    const thread = threads.get(threadName(message));
    if (thread === undefined) threads.set(threadName(message), { at, starter: person, answered: false });
    else if (person !== thread.starter) thread.answered = true;
  }
  const since = (start: number): Population => {
    const counted = [...threads.values()].filter(({ at }) => at >= start);
    return {
      threads: counted.length,
      answered: counted.filter(({ answered }) => answered).length,
      listYears: Math.max(0, until - start) / DAY_MS / YEAR_DAYS,
    };
  };
  return {
    list: messages[0]?.list ?? 0,
    messages: messages.length,
    persons: new Set(messages.map(({ person }) => person)).size,
    whole: since(from),
    settled: since(settledFrom),
    settledFrom,
  };
}
