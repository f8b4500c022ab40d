// A detector that is restored from its entries, at any cut, goes on exactly like the one that was not interrupted.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DetectorInput } from "../../services/detector/detector.ts";
import { KeptRun, withoutMails } from "../../services/detector/testing/kept-run.ts";
import { sitePicture } from "../../services/detector/testing/site-picture.ts";
import type { SimulationOptions } from "../../services/squall/simulate/simulation.ts";
import { defaultDetectorSettings } from "../../shared/domain/detector-settings.ts";
import { detectorInputs } from "../support/detector-inputs.ts";
import { collect } from "../support/simulated-log.ts";

const HOUR_MS = 3_600_000;

/** `told`: what the whole run says. */
function expectSameAfterCuts(inputs: readonly DetectorInput[], cuts: readonly number[], flushEvery: number): string[] {
  const [first = 0, second = 0] = cuts.toSorted((one, other) => one - other);
  const whole = new KeptRun(defaultDetectorSettings, new Map());
  whole.feed(inputs.slice(0, first), flushEvery);
  const toldBefore = whole.told.length;
  const once = new KeptRun(defaultDetectorSettings, whole.stored);
  expect([...once.state.sites.values()].map(sitePicture)).toEqual([...whole.state.sites.values()].map(sitePicture));
  once.feed(inputs.slice(first, second), flushEvery);
  const toldBetween = once.told.length;
  const twice = new KeptRun(defaultDetectorSettings, once.stored);
  for (const run of [once, twice]) run.feed(inputs.slice(second), flushEvery);
  whole.feed(inputs.slice(first), flushEvery);
  expect(once.told).toEqual(whole.told.slice(toldBefore));
  expect(twice.told).toEqual(whole.told.slice(toldBefore + toldBetween));
  expect(twice.state.counters).toEqual(whole.state.counters);
  expectNothingLeft(twice);
  return whole.told;
}

/** Time passes: what is forgotten by then is gone from the entries, and these are all that there is to tell. */
function expectNothingLeft(run: KeptRun): void {
  const last = [...run.state.sites.values()].reduce((latest, site) => Math.max(latest, site.watermark), 0);
  run.feed([{ kind: "tick", watermark: last + HOUR_MS }], 1);
  const stored = withoutMails(run.stored);
  const again = new KeptRun(defaultDetectorSettings, run.stored);
  expect(withoutMails(again.everything())).toEqual(stored);
  expect(withoutMails(run.everything())).toEqual(stored);
}

const LOGS: readonly (readonly [options: SimulationOptions, storms: number])[] = [
  [{ scenario: "nhs-2016", seed: 7, scale: 0.0005, until: 5400 }, 1],
  [{ scenario: "university", seed: 7, scale: 0.01, until: 7200 }, 1],
  [{ scenario: "two-lists", seed: 7, scale: 0.02 }, 1],
  [{ scenario: "ordinary-day", seed: 7, scale: 0.002 }, 0],
  [{ scenario: "recall-storm", seed: 7, scale: 0.06 }, 1],
];

describe("cut twice at random", () => {
  test.each(LOGS)("%o", (options, storms) => {
    const inputs = detectorInputs(collect(options).log);
    const cut = fc.nat({ max: inputs.length });
    fc.assert(
      fc.property(cut, cut, fc.constantFrom(101, 1009), (one, other, flushEvery) => {
        const told = expectSameAfterCuts(inputs, [one, other], flushEvery);
        expect(told.filter((line) => line.includes('"type":"storm.opened"')).length).toBeGreaterThanOrEqual(storms);
      }),
      { seed: 20_161_114, numRuns: 2, endOnFailure: true },
    );
  });
});
