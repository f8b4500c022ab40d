// A company of 300: nobody writes about storms that small, so this is the model that the rule was measured with.

import { HOUR, SECOND } from "../mail.ts";
import { stormReplies } from "../reply-process.ts";
import { playStorm } from "../storm.ts";
import type { World } from "../world.ts";
import { addList, clockAt, playSteadyTraffic, playTeams, scaledRate } from "./house.ts";
import type { Scenario } from "./scenario.ts";

const AUDIENCE = 300;
/** Simulator model for 300 people: 20 who would answer, 2 answers to the first mail, 2.5 to each later one, median delay 15 minutes. */
const POOL = 20;
const ANSWERS_TO_FIRST = 2;
const BRANCHING = 2.5;
const MEDIAN_DELAY_SECONDS = 900;
/** One that dies of itself is none: drawn anew until half of the people have answered. */
const REPLIES_MIN = 10;

const deliveriesPerSecond = scaledRate(50);

export const SMALL_COMPANY: Scenario = {
  startAt: Date.UTC(2019, 2, 12, 8) * 1000,
  lastsSeconds: (5 * HOUR) / SECOND,
  deliveriesPerSecond,
  expected:
    "At the default price gate of 10,000 deliveries nothing opens with most seeds: 300 people need 34 repliers of the hour and of the quarter of an hour together, and only 20 answer. At a gate of 1,000 for the list it opens once the rule holds. The truth of each seed says which.",
  play,
};

function play(world: World): void {
  const list = addList(world, world.random("list"), "everybody", AUDIENCE);
  playSteadyTraffic(world, 0.3);
  playTeams(world, 3);
  const pool = Math.min(POOL, Math.floor(list.members / 2));
  const firstAt = clockAt(world, 8.7);
  playStorm(world, {
    lists: [list],
    subject: "Cake in the kitchen",
    firstAt,
    shutAt: world.endAt,
    endedBy: "nobody left who wants to answer",
    awayShare: 0.005,
    pool,
    slowOpening: true,
    replies: (random) =>
      stormReplies(random, {
        pool,
        answersToFirst: ANSWERS_TO_FIRST,
        branching: BRANCHING,
        medianDelaySeconds: MEDIAN_DELAY_SECONDS,
        sigma: 1.2,
        againShare: 0.08,
        openingGaps: [],
        repliesMin: Math.min(REPLIES_MIN, pool),
        audience: list.members,
        startAt: firstAt,
        until: world.endAt,
        deliveriesPerSecond: deliveriesPerSecond(world.scale),
      }),
  });
}
