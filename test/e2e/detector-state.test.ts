// A detector that is restored from its entries, at any cut, goes on exactly like the one that was not interrupted.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stormAdvice } from "../../services/detector/advice/storm-advice.ts";
import { createDetectorState, type DetectorInput, type DetectorState, step } from "../../services/detector/detector.ts";
import { DetectorEntries } from "../../services/detector/state/detector-entries.ts";
import { SiteChanges } from "../../services/detector/state/site-changes.ts";
import { allEntries, type StoredEntries, tellInto } from "../../services/detector/testing/all-entries.ts";
import type { SimulationOptions } from "../../services/squall/simulate/simulation.ts";
import { type DetectorSettings, defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { encodeStormAlert } from "../../shared/domain/storm-alert-codec.ts";
import { encodeThreadWindow } from "../../shared/domain/thread-window-codec.ts";
import { detectorInputs } from "../support/detector-inputs.ts";
import { collect } from "../support/simulated-log.ts";

const HOUR_MS = 3_600_000;

class Run {
  readonly state: DetectorState;
  readonly entries: DetectorEntries;
  readonly stored: StoredEntries;
  readonly told: string[] = [];

  constructor(settings: DetectorSettings, stored: ReadonlyMap<string, Buffer>) {
    this.state = createDetectorState(settings, { advise: stormAdvice, changes: () => new SiteChanges("all") });
    this.entries = new DetectorEntries(this.state);
    this.stored = new Map(stored);
    for (const [key, value] of shuffledEntries(stored)) this.entries.restore(key, value);
    this.entries.restored();
  }

  feed(inputs: readonly DetectorInput[], flushEvery: number): void {
    for (const [index, input] of inputs.entries()) {
      for (const output of step(this.state, input)) {
        this.told.push(output.kind === "alert" ? encodeStormAlert(output.alert) : encodeThreadWindow(output.window));
      }
      if (index % flushEvery === flushEvery - 1) tellInto(this.entries, this.stored);
    }
    tellInto(this.entries, this.stored);
  }
}

/** In no particular order: the last comes first. */
function shuffledEntries(stored: ReadonlyMap<string, Buffer>): [string, Buffer][] {
  return [...stored].toReversed();
}

function withoutMails(stored: ReadonlyMap<string, Buffer>): Map<string, string> {
  const texts = [...stored]
    .filter(([key]) => key !== "detector/counters" && !/^detector\/[^/]+\/small\//.test(key))
    .map(([key, value]): [string, string] => [
      key,
      /\/list\/\d+\/\d+/.test(key) ? sortedPersons(value) : value.toString(),
    ]);
  return new Map(texts.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Where persons stand within a slice hangs on the order in which they came. */
function sortedPersons(value: Buffer): string {
  const persons: string[] = [];
  for (let at = 2; at < value.length; at += 12) persons.push(value.toString("hex", at, at + 12));
  return `${value.toString("hex", 0, 2)} ${persons.sort().join(" ")}`;
}

/** Time passes: what is forgotten by then is gone from the entries, and these are all that there is to tell. */
function expectNothingLeft(run: Run, settings: DetectorSettings): void {
  const last = [...run.state.sites.values()].reduce((latest, site) => Math.max(latest, site.watermark), 0);
  run.feed([{ kind: "tick", watermark: last + HOUR_MS }], 1);
  const stored = withoutMails(run.stored);
  const again = new Run(settings, run.stored);
  expect(withoutMails(allEntries(again.state, again.entries))).toEqual(stored);
  expect(withoutMails(allEntries(run.state, run.entries))).toEqual(stored);
}

function expectSameAfterCuts(
  inputs: readonly DetectorInput[],
  cuts: readonly number[],
  settings: DetectorSettings,
): void {
  const [first = 0, second = 0] = cuts.toSorted((one, other) => one - other);
  const whole = new Run(settings, new Map());
  whole.feed(inputs.slice(0, first), 7);
  const once = new Run(settings, whole.stored);
  const told = whole.told.length;
  whole.feed(inputs.slice(first, second), 13);
  once.feed(inputs.slice(first, second), 5);
  expect(once.told).toEqual(whole.told.slice(told));
  const twice = new Run(settings, once.stored);
  const toldBefore = whole.told.length;
  for (const run of [whole, once, twice]) run.feed(inputs.slice(second), 29);
  expect(once.told).toEqual(whole.told.slice(told));
  expect(twice.told).toEqual(whole.told.slice(toldBefore));
  expect(twice.state.counters).toEqual(whole.state.counters);
  expectNothingLeft(twice, settings);
}

const LOGS: readonly SimulationOptions[] = [
  { scenario: "nhs-2016", seed: 7, scale: 0.002 },
  { scenario: "university", seed: 7, scale: 0.02 },
  { scenario: "two-lists", seed: 7, scale: 0.02 },
  { scenario: "ordinary-day", seed: 7, scale: 0.01 },
  { scenario: "recall-storm", seed: 7, scale: 0.1 },
];

describe("cut twice at random", () => {
  test.each(LOGS)("$scenario", (options) => {
    const inputs = detectorInputs(collect(options).log);
    console.log(options.scenario, inputs.length);
    const cut = fc.nat({ max: inputs.length });
    fc.assert(
      fc.property(cut, cut, (...cuts) => {
        expectSameAfterCuts(inputs, cuts, defaultDetectorSettings);
      }),
      { seed: 20_161_114, numRuns: 2, endOnFailure: true },
    );
  });
});
