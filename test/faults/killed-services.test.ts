// The services are killed at random during a storm: what they say is what a run says in which nothing failed.

import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { sharedRealKafka } from "../support/real-kafka.ts";
import { runStorm, smallStorm } from "../support/services/storm-run.ts";
import { seeded } from "./seeded.ts";

const kafkaFor = sharedRealKafka();

const KILLS = 8;
/** Between two kills, about: less than a takeover needs, so that some meet a partition that is being taken over. */
const EVERY_MS = 4_000;

test("killed at random", { timeout: 600_000 }, async (context) => {
  const kafka = await kafkaFor(context);
  const storm = smallStorm();
  const twin = await runStorm(kafka, { storm, linesPerSecond: 20_000 });
  console.log(JSON.stringify(twin.outcome.storms), twin.repeats, twin.heard, Object.keys(twin.outcome.windows).length);
  const random = seeded(7);
  let kills = 0;
  const run = await runStorm(kafka, {
    storm,
    linesPerSecond: 4_000,
    async disturb(site, isFed) {
      while (kills < KILLS) {
        await pause(EVERY_MS * (0.5 + random()));
        const service = site.services[Math.floor(random() * site.services.length)];
        if (service === undefined) continue;
        console.log("kill", service.name, isFed());
        await site.killAndRestart(service);
        kills += 1;
      }
    },
  });
  console.log(JSON.stringify(run.outcome.storms), run.repeats, run.heard);
  expect(Object.keys(run.outcome.storms)).toEqual(Object.keys(twin.outcome.storms));
  expect(run.outcome.windows).toEqual(twin.outcome.windows);
  expect(run.outcome.contradictions).toEqual([]);
  expect(run.repeats).toBeLessThanOrEqual(kills);
});
