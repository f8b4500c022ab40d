import { expect, test } from "vitest";
import { stormAlert } from "../../../test/support/storm-alert.ts";
import { Silences } from "../../alerter/silences.ts";
import { SilencesHeard } from "./silences-heard.ts";

const NOW = Date.UTC(2026, 10, 27, 9);
const HOUR_MS = 3_600_000;
const request = { target: "all@example.org", why: "town hall", who: "anna" };

/** What the alerter writes of itself is what is heard. */
function tell(silences: Silences, heard: SilencesHeard): void {
  silences.changes((key, value) => heard.take(key, value));
}

test("a silence holds from its entry to its end, the longest of several, and for what it names alone", () => {
  const [silences, heard] = [new Silences(), new SilencesHeard()];
  silences.add({ ...request, durationMs: HOUR_MS }, NOW);
  silences.add({ ...request, durationMs: 3 * HOUR_MS, why: "longer" }, NOW);
  tell(silences, heard);
  const alert = stormAlert({ list: "all@example.org" });
  expect(heard.silenceOf(alert, NOW)).toMatchObject({ why: "longer", until: NOW + 3 * HOUR_MS });
  expect(heard.silenceOf(stormAlert({ list: "other@example.org" }), NOW)).toBeUndefined();
  expect(heard.silenceOf(alert, NOW + 3 * HOUR_MS)).toBeUndefined();
});

test("one that is ended is heard no more, and other entries of the alerter say nothing", () => {
  const [silences, heard] = [new Silences(), new SilencesHeard()];
  const alert = stormAlert({ list: "all@example.org" });
  silences.add({ ...request, durationMs: HOUR_MS }, NOW);
  silences.isSilenced({ ...alert, type: "storm.opened" }, NOW);
  tell(silences, heard);
  expect(heard.silenceOf(alert, NOW)).toBeDefined();
  silences.end(1, NOW);
  tell(silences, heard);
  heard.take("outbox/1", Buffer.from("{"));
  heard.take("silence/set/9", Buffer.from("{"));
  heard.take("silence/set/10", Buffer.from('{"v":2}'));
  expect(heard.silenceOf(alert, NOW)).toBeUndefined();
});
