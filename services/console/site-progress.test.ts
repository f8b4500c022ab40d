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
    { name: "Detecting on nhs", state: "well", words: "3 s behind the mail" },
    { name: "Detecting on uni", state: "slow", words: "10 min behind the mail" },
  ]);
  progress.take(said("uni", NOW + 190_000), NOW + 190_000);
  expect(progress.health(NOW + 200_000)).toEqual([
    { name: "Detecting on nhs", state: "down", words: "not heard of for 3 min" },
    { name: "Detecting on uni", state: "well", words: "0 s behind the mail" },
  ]);
});

test("20 sites at most are shown, 200 are listened to", () => {
  const progress = new SiteProgress();
  for (let index = 0; index < 1_000; index += 1) progress.take(said(`s${index}`, NOW), NOW);
  expect(progress.health(NOW)).toHaveLength(20);
});
