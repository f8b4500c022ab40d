import { expect, test } from "vitest";
import type { StreamProgress } from "../../shared/domain/stream-progress.ts";
import { SiteProgress } from "./site-progress.ts";

const NOW = Date.UTC(2026, 10, 27, 9);

function said(site: string, at: number | undefined): StreamProgress {
  const state = at === undefined ? "unknown" : "known";
  return { site, input: "squall.mail-events", partition: 0, of: 1, at, state };
}

test("each site is as far as its detector said, and down when that says nothing more", () => {
  const progress = new SiteProgress();
  expect(progress.health(NOW).map(({ state }) => state)).toEqual(["slow"]);
  progress.take(said("nhs", NOW - 3_000), NOW);
  progress.take(said("uni", NOW - 600_000), NOW);
  progress.take(said("new", undefined), NOW);
  expect(progress.health(NOW + 30_000)).toEqual([
    { name: "Detecting on uni", state: "slow", words: "10 min behind the mail" },
    { name: "Detecting on nhs", state: "well", words: "3 s behind the mail" },
  ]);
  expect([progress.eventTimeMs("uni"), progress.eventTimeMs("none")]).toEqual([NOW - 600_000, undefined]);
  progress.take(said("uni", NOW + 190_000), NOW + 190_000);
  expect(progress.health(NOW + 200_000)).toEqual([
    { name: "Detecting on nhs", state: "down", words: "not heard of for 3 min" },
    { name: "Detecting on uni", state: "well", words: "0 s behind the mail" },
  ]);
});

test("one that says the same again and again stands still", () => {
  const progress = new SiteProgress();
  for (let heardMs = 0; heardMs <= 240_000; heardMs += 30_000) progress.take(said("nhs", NOW), NOW + heardMs);
  expect(progress.health(NOW + 240_000)).toEqual([
    { name: "Detecting on nhs", state: "down", words: "stands still for 4 min" },
  ]);
  expect([progress.isAnyWell(NOW + 100_000), progress.isAnyWell(NOW + 240_000)]).toEqual([true, false]);
});

test("20 sites at most are shown, the worst first, and the rest in a line; 200 are listened to, and others counted", () => {
  const progress = new SiteProgress();
  for (let index = 0; index < 1_000; index += 1) progress.take(said(`s${index}`, NOW), NOW);
  const well = progress.health(NOW);
  expect([well.length, well.at(-1)]).toEqual([
    21,
    { name: "Detecting on 180 more sites", state: "well", words: "all of them well" },
  ]);
  expect(progress.dropped).toBe(800);
  for (let index = 0; index < 199; index += 1) progress.take(said(`s${index}`, NOW + 200_000), NOW + 200_000);
  expect(progress.health(NOW + 200_000)[0]).toMatchObject({ name: "Detecting on s199", state: "down" });
});
