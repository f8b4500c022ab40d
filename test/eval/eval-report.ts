// what squall and Microsoft's rule made of real mail -> Markdown.

import { table } from "../bench/markdown.ts";
import type { StormReason } from "../../shared/domain/storm-alert.ts";
import type { FalseAlarms, Place } from "./false-alarms.ts";
import { poissonInterval } from "./poisson-interval.ts";
import { type ListPopulation, type Period, type Population, SETTLING_DAYS, sumOf } from "./population.ts";

/** What a rule may cost at most: alarms in 10,000 threads. */
const ALARMS_PER_10000_MAX = 2;

const PER = 10_000;
const OPENING_REASONS: readonly StormReason[] = ["cascade", "pace", "burst", "crowd", "list-burst", "automatic"];
const PERIOD_WORDS: Readonly<Record<Period, string>> = {
  whole: "nothing left out",
  settled: `without each list's first ${SETTLING_DAYS} days`,
};

interface Counter {
  readonly name: string;
  readonly places: readonly Place[];
}

/** Alarms of squall in 10,000 threads. */
export function alarmsPer10000({ alarms, lists }: FalseAlarms, period: Period): number {
  return (within(alarms, lists, period).length / sumOf(lists, period).threads) * PER;
}

/** In no period more than the mark. */
export function isWithinMark(found: FalseAlarms): boolean {
  return (
    alarmsPer10000(found, "whole") <= ALARMS_PER_10000_MAX && alarmsPer10000(found, "settled") <= ALARMS_PER_10000_MAX
  );
}

export function evalReport(found: FalseAlarms): string {
  const counters: readonly Counter[] = [
    { name: "squall", places: found.alarms },
    { name: "Microsoft 365, starter's own mails left out", places: found.microsoft.starterLeftOut },
    { name: "Microsoft 365, starter's own mails counted", places: found.microsoft.starterCounted },
  ];
  const { audience, tie } = found.options;
  const threads = (period: Period): string => whole(sumOf(found.lists, period).threads);
  const messages = found.lists.reduce((sum, list) => sum + list.messages, 0);
  return [
    `${whole(messages)} messages, ${threads("whole")} threads (${threads("settled")} ${PERIOD_WORDS.settled}), ` +
      `${found.lists.length} lists of ${whole(audience)}. By ${tie} squall made ${whole(found.threadsResolved)} threads of them.\n`,
    rates(found.lists, counters, "whole"),
    rates(found.lists, counters, "settled"),
    reasons(found),
    perList(found.lists, counters),
    `Alarms of squall, each with who wrote when (* new to the list)\n\n${alarmRows(found)}`,
    verdict(found),
  ].join("\n");
}

function rates(lists: readonly ListPopulation[], counters: readonly Counter[], period: Period): string {
  const population = sumOf(lists, period);
  const rows = counters.map(({ name, places }) => rateRow(name, within(places, lists, period).length, population));
  const { threads, answered, listYears } = population;
  const sizes = `${whole(threads)} threads, ${whole(answered)} answered by another, ${listYears.toFixed(1)} list-years`;
  const header = [
    PERIOD_WORDS[period],
    "alarms",
    "per 10,000 threads",
    "per 10,000 answered by another",
    "per list-year",
  ];
  return `${sizes}; in brackets 95 %, Poisson, exact\n\n${table([header, ...rows])}`;
}

function rateRow(name: string, alarms: number, { threads, answered, listYears }: Population): string[] {
  const { low, high } = poissonInterval(alarms);
  const rate = (of: number, places: number): string => {
    const [one = "", from = "", to = ""] = [alarms, low, high].map((count) => (count / of).toFixed(places));
    return `${one} (${from}-${to})`;
  };
  return [name, whole(alarms), rate(threads / PER, 2), rate(answered / PER, 2), rate(listYears, 2)];
}

function reasons({ alarms, lists, watches }: FalseAlarms): string {
  const settled = within(alarms, lists, "settled");
  const rows = OPENING_REASONS.map((reason) => [
    reason,
    ...[alarms, settled].map((those) => String(those.filter((alarm) => alarm.reasons.includes(reason)).length)),
  ]);
  const both = "An alarm with several reasons stands under each.";
  return `${table([["reason", PERIOD_WORDS.whole, PERIOD_WORDS.settled], ...rows])}\n${both} Beside them ${watches} watches, which page nobody.\n`;
}

function perList(lists: readonly ListPopulation[], counters: readonly Counter[]): string {
  const header = ["list", "messages", "persons", "threads", "answered by another", "years"];
  const rows = lists.map((population) => {
    const { list, messages, persons } = population;
    const { threads, answered, listYears } = population.whole;
    const found = counters.map(({ places }) => whole(places.filter((place) => place.list === list).length));
    return [String(list), ...[messages, persons, threads, answered].map(whole), listYears.toFixed(1), ...found];
  });
  return table([[...header, "squall", "Microsoft, left out", "Microsoft, counted"], ...rows]);
}

function alarmRows({ alarms, lists }: FalseAlarms): string {
  const rows = alarms.map((alarm) => {
    const { list, threads, detectedAt, scope, replyAlls, distinctRepliers, score, writers } = alarm;
    const people = writers.map(({ person, seconds, isNewcomer }) => `p${person}${isNewcomer ? "*" : ""} ${seconds} s`);
    const settled = within([alarm], lists, "settled").length === 1;
    const where = [
      String(list),
      threads.join(" "),
      new Date(detectedAt).toISOString().slice(0, 19),
      settled ? "" : "yes",
    ];
    return [
      ...where,
      `${scope}: ${alarm.reasons.join(" ")}`,
      String(replyAlls),
      String(distinctRepliers),
      score.toFixed(1),
      people.join(", "),
    ];
  });
  const header = [
    "list",
    "thread",
    "when (UTC)",
    `first ${SETTLING_DAYS} days`,
    "scope: reason",
    "reply-alls",
    "people",
    "score",
    "writers",
  ];
  return table([header, ...rows]);
}

function verdict(found: FalseAlarms): string {
  const [all, settled] = [alarmsPer10000(found, "whole"), alarmsPer10000(found, "settled")].map((rate) =>
    rate.toFixed(2),
  );
  const mark = `at most ${ALARMS_PER_10000_MAX} alarms per 10,000 threads`;
  return `${isWithinMark(found) ? "Within" : "NOT within"} the mark (${mark}): ${all}, and ${settled} ${PERIOD_WORDS.settled}.\n`;
}

/** A place counts in a period when its thread, or burst, began in it. */
function within<T extends Place>(places: readonly T[], lists: readonly ListPopulation[], period: Period): readonly T[] {
  if (period === "whole") return places;
  const from = new Map(lists.map(({ list, settledFrom }) => [list, settledFrom]));
  return places.filter(({ list, startedAt }) => startedAt >= (from.get(list) ?? 0));
}

function whole(count: number): string {
  return count.toLocaleString("en");
}
