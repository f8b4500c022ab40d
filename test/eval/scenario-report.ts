// outcomes of simulated scenarios -> a Markdown table, a row a scenario over all its seeds.

import { table } from "../bench/markdown.ts";
import { spreadOf } from "../bench/measure.ts";
import type { Catch, ScenarioOutcome, SquallCatch, StormOutcome } from "./scenario-outcome.ts";

const STORM_HEADER = [
  "scenario",
  "scale",
  "audience",
  "reply-alls",
  "squall opens",
  "at reply-all",
  "after, s",
  "deliveries by then",
  "of all, %",
  "false alarms",
  "Microsoft trips",
  "at reply-all",
  "after, s",
  "false trips",
];
const QUIET_HEADER = [
  "scenario",
  "scale",
  "conversations",
  "people, at most",
  "squall: false alarms",
  "Microsoft: false trips",
];
const NONE = "-";

/** Scenarios with storms. `outcomes`: one list a scenario, one entry a seed. */
export function stormTable(outcomes: readonly (readonly ScenarioOutcome[])[]): string {
  return table([STORM_HEADER, ...outcomes.map(stormRow)]);
}

/** Scenarios in which nothing should open. */
export function quietTable(outcomes: readonly (readonly ScenarioOutcome[])[]): string {
  return table([QUIET_HEADER, ...outcomes.map(quietRow)]);
}

/** One line a false alarm of squall, for a person to look at; empty when there is none. */
export function falseAlarmLines(outcomes: readonly (readonly ScenarioOutcome[])[]): string {
  const lines = outcomes.flat().flatMap(({ run, squallFalse }) =>
    squallFalse.map(({ list, subject, audience, reasons, replyAlls, seconds }) => {
      const moment = `at reply-all ${replyAlls}, after ${whole(Math.round(seconds))} s`;
      return `- ${run.scenario}, seed ${run.seed}: "${subject}" on ${list} of ${whole(audience)}, ${moment}: ${reasons.join(" ")}\n`;
    }),
  );
  return lines.join("");
}

function stormRow(seeds: readonly ScenarioOutcome[]): string[] {
  const storms = seeds.flatMap((outcome) => outcome.storms);
  const caught = storms.flatMap(({ squall, deliveries }) => (squall === undefined ? [] : [{ squall, deliveries }]));
  const tripped = storms.flatMap(({ microsoft }) => microsoft ?? []);
  return [
    ...nameAndScale(seeds),
    spread(storms.map(({ audience }) => audience)),
    spread(storms.map(({ replyAlls }) => replyAlls)),
    openings(storms),
    ...when(caught.map(({ squall }) => squall)),
    spread(caught.map(({ squall }) => squall.deliveries)),
    spread(
      caught.map((storm) => share(storm.squall, storm.deliveries)),
      (percent) => percent.toFixed(2),
    ),
    falseOnes(seeds, ({ squallFalse }) => squallFalse.length),
    tripped.length === 0 ? "never" : `${tripped.length} of ${storms.length}`,
    ...when(tripped),
    falseOnes(seeds, ({ microsoftFalse }) => microsoftFalse),
  ];
}

function quietRow(seeds: readonly ScenarioOutcome[]): string[] {
  return [
    ...nameAndScale(seeds),
    spread(seeds.map(({ discussions }) => discussions)),
    spread(seeds.map(({ discussionAudience }) => discussionAudience)),
    falseOnes(seeds, ({ squallFalse }) => squallFalse.length),
    falseOnes(seeds, ({ microsoftFalse }) => microsoftFalse),
  ];
}

function nameAndScale([first]: readonly ScenarioOutcome[]): string[] {
  return [first?.run.scenario ?? "", String(first?.run.scale ?? "")];
}

function openings(storms: readonly StormOutcome[]): string {
  const opened = storms.filter(({ squall }) => squall !== undefined).length;
  const onlyWatched = storms.filter(({ squall, watched }) => squall === undefined && watched).length;
  const watches = onlyWatched === 0 ? "" : `; ${onlyWatched} ${onlyWatched === 1 ? "is a watch" : "are watches"}`;
  return `${opened} of ${storms.length}${watches}`;
}

function when(catches: readonly Catch[]): string[] {
  return [spread(catches.map(({ replyAlls }) => replyAlls)), spread(catches.map(({ seconds }) => Math.round(seconds)))];
}

function share({ deliveries }: SquallCatch, all: number): number {
  return (deliveries / all) * 100;
}

/** Over all seeds, of how many conversations that are no storm. */
function falseOnes(seeds: readonly ScenarioOutcome[], count: (outcome: ScenarioOutcome) => number): string {
  const sum = (of: (outcome: ScenarioOutcome) => number): number =>
    seeds.reduce((total, outcome) => total + of(outcome), 0);
  return `${sum(count)} in ${whole(sum(({ discussions }) => discussions))}`;
}

/** Median, and what it lies between where that is not the same. */
function spread(values: readonly number[], shown: (value: number) => string = whole): string {
  if (values.length === 0) return NONE;
  const { median, min, max } = spreadOf(values);
  const [middle, least, most] = [shown(median), shown(min), shown(max)];
  return least === most ? middle : `${middle} (${least}-${most})`;
}

function whole(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}
