// time passing, or a storm's own messages -> storms that are calm again, forgotten, or have doubled.

import type { DetectorOutput } from "./detector.ts";
import type { FanOut } from "./fan-out.ts";
import { forgetStorm } from "./forget-storm.ts";
import type { SiteState } from "./site-state.ts";
import type { Storm } from "./storm.ts";
import { calmTime, calmTimeOf } from "./storm-calm.ts";
import { stormAlert } from "./storm-evidence.ts";
import { touch } from "./storm-lifecycle.ts";
import { noteChange } from "./tracked.ts";
import { countMember, hasDoubled, recountReplies, threadAudience } from "./storm-members.ts";

/** Ends and forgets what the watermark has passed over. */
export function ebb(site: SiteState, watermark: number): void {
  const { allowedLatenessMs, hysteresisMs } = site.settings;
  for (const storm of site.storms.filter((known) => !known.ended)) {
    if (watermark >= storm.calmAt + allowedLatenessMs) endStorm(site, storm);
  }
  for (const storm of site.storms.filter((known) => known.ended)) {
    if (watermark > storm.calmAt + hysteresisMs + allowedLatenessMs) forgetStorm(site, storm);
  }
}

/** Ends the storms of a message's thread and lists that were calm long before it, whatever ticks have come: when a storm ends
 *  must not hang on how often time is told. */
export function keepStorm(site: SiteState, fanOut: FanOut): void {
  for (const owner of [fanOut.thread, ...fanOut.lists.map(({ list }) => list)]) {
    const storm = owner?.storm;
    if (storm === undefined || fanOut.storm === storm) continue;
    if (!storm.ended && fanOut.at >= storm.calmAt + site.settings.allowedLatenessMs) endStorm(site, storm);
    if (storm.ended && fanOut.at > storm.calmAt + site.settings.hysteresisMs + site.settings.allowedLatenessMs) {
      forgetStorm(site, storm);
    }
  }
}

/** After a message changed: when its storm will be calm, and whether it doubled by event time `at`. */
export function rise(site: SiteState, fanOut: FanOut, at: number): void {
  const { storm } = fanOut;
  if (storm === undefined || storm.ended) return;
  noteChange(storm);
  if (storm.recount) {
    storm.recount = false;
    recountReplies(storm);
    storm.calmAt = Math.max(storm.calmAt, calmTime(storm, site.settings));
  }
  takeChanges(site, storm, fanOut);
  if (!storm.opened || storm.pending !== undefined) return;
  const now = Math.max(storm.detectedAt, at);
  if (!hasDoubled(storm, now)) return;
  storm.detectedAt = now;
  touch(site, storm, "storm.updated");
}

/** What a message can have changed of its storm: its own place, and its thread and lists. */
function takeChanges(site: SiteState, storm: Storm, fanOut: FanOut): void {
  countMember(storm, fanOut);
  const threads = fanOut.thread === undefined ? [] : [fanOut.thread];
  const lists = fanOut.lists.map(({ list }) => list);
  storm.calmAt = Math.max(storm.calmAt, calmTimeOf(storm, { threads, lists }, site.settings));
  for (const thread of threads) {
    if (storm.threads.has(thread)) storm.audience = Math.max(storm.audience, threadAudience(thread));
  }
  for (const list of lists) if (storm.lists.has(list)) storm.audience = Math.max(storm.audience, list.audience);
}

/** Takes what the storms have to say, in the order in which they were touched. */
export function takeAlerts(site: SiteState, outputs: DetectorOutput[]): void {
  outputs.push(...site.said);
  site.said.length = 0;
  for (const storm of site.touched) {
    if (storm.pending === undefined) continue;
    const type = storm.pending;
    storm.pending = undefined;
    outputs.push({ kind: "alert", alert: stormAlert(site, storm, type) });
  }
  site.touched.length = 0;
}

function endStorm(site: SiteState, storm: Storm): void {
  storm.ended = true;
  noteChange(storm);
  for (const owner of [...storm.threads, ...storm.lists]) {
    owner.calmSince = Math.max(owner.calmSince, storm.calmAt);
    noteChange(owner);
  }
  if (!storm.opened) return;
  storm.detectedAt = Math.max(storm.detectedAt, storm.calmAt);
  site.said.push({ kind: "alert", alert: stormAlert(site, storm, "storm.resolved") });
}
